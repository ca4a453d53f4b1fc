package io.quorate.statemachine.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Closes Ratis groups side by side, on threads of their own: each waits for its disk, and for an apply that is under way, which may
 * never end. No thread that others need waits for that.
 */
final class ClosingGroups {
    /** Longer than any healthy disk or application takes. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int THREADS = 16;
    private static final long LOOK_AGAIN_NANOS = 5_000_000;

    private ClosingGroups() {}

    /** Begins to close; completes when all are closed or have failed. */
    static CompletableFuture<Void> begin(List<Runnable> closings) {
        ExecutorService closers = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "closes-group");
            thread.setDaemon(true); // one that never ends keeps no process alive
            return thread;
        });
        try {
            return CompletableFuture.allOf(closings.stream()
                    .map(closing -> CompletableFuture.runAsync(closing, closers))
                    .toArray(CompletableFuture[]::new));
        } finally {
            closers.shutdown();
        }
    }

    /** @throws IOException if that does not end in time; whatever does not end goes on */
    static void await(BooleanSupplier closed, Duration atMost, String what) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!closed.getAsBoolean()) {
            if (deadline - System.nanoTime() <= 0) {
                throw new IOException(what + " did not close within " + atMost.toMillis()
                        + " ms: its disk or its application hangs; if it stays so, restart the node");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while " + what + " was closed");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
