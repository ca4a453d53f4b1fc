package io.quorate.statemachine.client;

import io.quorate.topology.ShardId;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A client of a cluster. Thread-safe; one is enough for a process, and more do not make it faster before one thread is busy.
 *
 * <p>{@link #close} completes what is outstanding: as rejected what certainly was not logged, as indeterminate everything else.
 */
public final class QuorateClient implements AutoCloseable {
    private static final long GOODBYE_NANOS = 500_000_000;

    private final ClientLoop loop;
    private final ClientThreads threads;
    /** Whether the threads are its own. */
    private final boolean alone;

    private final ConcurrentMap<ShardId, ShardHandle> shards = new ConcurrentHashMap<>();
    private boolean closed;

    private QuorateClient(ClientConfig config, ClientThreads threads, boolean alone) {
        this.loop = new ClientLoop(Objects.requireNonNull(config, "config"), threads.next());
        this.threads = threads;
        this.alone = alone;
    }

    /** Makes a client. It connects when it is used first. */
    public static QuorateClient create(ClientConfig config) {
        ClientThreads threads = ClientThreads.of(1);
        try {
            return new QuorateClient(config, threads, true);
        } catch (RuntimeException refused) {
            threads.close();
            throw refused;
        }
    }

    /**
     * Makes a client with connections of its own, on a thread that it shares with others. It connects when it is used first.
     *
     * @throws IllegalStateException if the threads are closed
     */
    public static QuorateClient create(ClientConfig config, ClientThreads threads) {
        return threads.add(() -> new QuorateClient(config, threads, false));
    }

    /** The handle of a shard, always the same one. Whether the shard exists shows when it is used. */
    public ShardClient shard(ShardId shard) {
        return shards.computeIfAbsent(shard, this::open);
    }

    private synchronized ShardHandle open(ShardId shard) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        ShardHandle handle = new ShardHandle(shard, loop);
        loop.execute(() -> loop.open(handle));
        return handle;
    }

    /** What the client did so far. */
    public ClientStatistics statistics() {
        ClientCounters counters = loop.counters();
        return new ClientStatistics(
                counters.requestMessages.sum(),
                counters.responseMessages.sum(),
                counters.appendsSent.sum(),
                counters.queriesSent.sum(),
                counters.connectionsOpened.sum(),
                counters.connectionsLost.sum(),
                loop.admission().count(),
                loop.roundTripNanos());
    }

    /** Ends all requests and closes the writer sessions; takes at most about a second. Idempotent. */
    @Override
    public void close() {
        if (beginClosing()) {
            endClosing(System.nanoTime() + GOODBYE_NANOS);
        }
    }

    /** False if that was done before. */
    synchronized boolean beginClosing() {
        if (closed) {
            return false;
        }
        closed = true;
        loop.beginClosing();
        return true;
    }

    /** After {@link #beginClosing}. */
    void endClosing(long deadlineNanos) {
        loop.endClosing(deadlineNanos);
        threads.remove(this);
        if (alone) {
            threads.close();
        }
    }
}
