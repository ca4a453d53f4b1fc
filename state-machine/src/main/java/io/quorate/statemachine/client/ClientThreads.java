package io.quorate.statemachine.client;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoop;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.util.NettyUtils;

/**
 * Threads that many clients of a process share, each of which keeps connections of its own: a thread for each client would be woken
 * for each answer. Thread-safe.
 */
public final class ClientThreads implements AutoCloseable {
    private static final long STOP_MILLIS = 500;

    private final EventLoopGroup group;
    /** Those that share the threads and are not closed. Guarded by this. */
    private final Set<QuorateClient> clients = new HashSet<>();

    private boolean closed;

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

    /** Makes a client that is closed with the threads, if it is not before. */
    synchronized QuorateClient add(Supplier<QuorateClient> makes) {
        if (closed) {
            throw new IllegalStateException("the client's threads are closed");
        }
        QuorateClient client = makes.get();
        clients.add(client);
        return client;
    }

    synchronized void remove(QuorateClient client) {
        clients.remove(client);
    }

    private synchronized List<QuorateClient> takeAll() {
        closed = true;
        return List.copyOf(clients);
    }

    /** Closes the clients that are left, all at once, and stops the threads; takes at most about a second. Idempotent. */
    @Override
    public void close() {
        List<QuorateClient> left =
                takeAll().stream().filter(QuorateClient::beginClosing).toList();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        left.forEach(client -> client.endClosing(deadline));
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
