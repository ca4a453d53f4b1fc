package io.quorate.statemachine.raft;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that all shards of a node share.
 *
 * @param scheduler short timed work: deadlines, asking again
 * @param workers what others wait for and is soon done: submission of batches under load, waiting appends, elections
 * @param queries what applications answer: takes as long as they take, and nothing but queries waits for it
 * @param background what takes long and may wait: checkpoints, digests, opening and closing of groups
 * @param readers reads of logs by LSN, which wait for the disk; each shard bounds how many it asks for
 */
record NodeExecutors(
        ScheduledExecutorService scheduler,
        ExecutorService workers,
        ExecutorService queries,
        ExecutorService background,
        ExecutorService readers)
        implements AutoCloseable {
    private static final int BACKGROUND_THREADS = 2;
    private static final int READER_THREADS = 2;

    /** Threads of those that one shard may have for its queries: a slow query leaves some to its own shard, and to others. */
    static int queriesOfAShard() {
        return size() / 2;
    }

    private static int size() {
        return Math.max(4, Runtime.getRuntime().availableProcessors());
    }

    static NodeExecutors create(String node) {
        return new NodeExecutors(
                Executors.newScheduledThreadPool(1, named(node + "-timer")),
                Executors.newFixedThreadPool(size(), named(node + "-worker")),
                Executors.newFixedThreadPool(size(), named(node + "-query")),
                Executors.newFixedThreadPool(BACKGROUND_THREADS, named(node + "-background")),
                Executors.newFixedThreadPool(READER_THREADS, named(node + "-log-reader")));
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        workers.shutdownNow();
        queries.shutdownNow();
        background.shutdownNow();
        readers.shutdownNow();
    }
}
