package io.quorate.statemachine.client;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoop;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.util.NettyUtils;

/**
 * Threads that many clients of a process share, each of which keeps connections of its own: a thread for each client would be woken
 * for each answer. To be closed after its clients. Thread-safe.
 */
public final class ClientThreads implements AutoCloseable {
    private static final long STOP_MILLIS = 500;

    private final EventLoopGroup group;

    private ClientThreads(EventLoopGroup group) {
        this.group = group;
    }

    /**
     * Starts threads when they are used first.
     *
     * @param threads at least 1; a client stays on one of them
     */
    public static ClientThreads of(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads " + threads + " < 1");
        }
        return new ClientThreads(NettyUtils.newEventLoopGroup("quorate-client", threads, true));
    }

    /** The thread of the next client. */
    EventLoop next() {
        return group.next();
    }

    /** Stops the threads; requests of clients that are not closed end without an answer. Idempotent. */
    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_MILLIS, TimeUnit.MILLISECONDS);
        boolean own = false;
        for (var executor : group) {
            own |= executor.inEventLoop();
        }
        if (!own) {
            group.terminationFuture().awaitUninterruptibly(STOP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
