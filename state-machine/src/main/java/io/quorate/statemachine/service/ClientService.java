package io.quorate.statemachine.service;

import io.quorate.statemachine.host.ShardDirectory;
import org.apache.ratis.thirdparty.io.grpc.BindableService;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;

/** Serves clients: one stream each, for appends and queries to the shards of this node. */
public final class ClientService implements BindableService {
    private final ServedShards served;

    /**
     * @param locator asked for shards that are not served here
     * @param limits what clients may have unanswered
     */
    public ClientService(ServedNode identity, ShardDirectory shards, ShardLocator locator, StreamLimits limits) {
        this.served = new ServedShards(identity, shards, locator, limits);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(QuorateMethods.CLIENT_SERVICE)
                .addMethod(QuorateMethods.STREAM, (call, headers) -> new ClientStream(call, served))
                .build();
    }

    /** Bytes of requests that shards work on now. */
    public long bytesInWork() {
        return served.bytesInWork();
    }
}
