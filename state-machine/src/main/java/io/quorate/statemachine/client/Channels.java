package io.quorate.statemachine.client;

import java.util.Optional;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoop;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContext;
import org.apache.ratis.util.NettyUtils;

/**
 * Makes channels to nodes, all on one event loop. A channel serves one connection and is not used again after a failure: the
 * transport's own waiting between attempts, up to minutes, would come on top of ours.
 */
final class Channels {
    private static final int FLOW_CONTROL_WINDOW = 4 << 20;
    private static final int MAX_RESPONSE_BYTES = 128 << 20;

    private final EventLoop loop;
    private final Optional<SslContext> tls;

    Channels(ClientConfig config, EventLoop loop) {
        this.loop = loop;
        this.tls = config.tls().map(GrpcUtil::buildSslContextForClient);
    }

    ManagedChannel open(String address) {
        int colon = address.lastIndexOf(':');
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
                .eventLoopGroup(loop)
                .channelType(NettyUtils.getSocketChannelClass(loop.parent()))
                .directExecutor()
                .flowControlWindow(FLOW_CONTROL_WINDOW)
                .maxInboundMessageSize(MAX_RESPONSE_BYTES)
                .disableRetry();
        tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
        return builder.build();
    }
}
