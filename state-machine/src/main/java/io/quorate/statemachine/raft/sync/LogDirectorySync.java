package io.quorate.statemachine.raft.sync;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.statemachine.StateMachine;

/**
 * Makes the names of log segments durable before the entries in them count as flushed. A state machine returns it from {@code
 * data()}.
 *
 * <p>Ratis calls {@link #flush} on its log thread, the only one that creates, renames and removes segments, right before it
 * fsyncs the segment and moves its flush index; entries are acknowledged only after that. So a directory fsync in here comes
 * before every acknowledgement that relies on it, and a failure makes the log fail, as it must. (With {@code
 * raft.server.log.statemachine.data.sync} off the future is awaited after the fsync of the segment, still before the flush
 * index moves.)
 *
 * <p>To leave the write path alone, the directory is synced only if the open segment is not the one of the last time: one look-up
 * of a name otherwise. Only one change does not show that way: the open segment is truncated whole and made again under the same
 * name. {@link #truncate} announces it before it happens, with at most the log queue's length of older writes still to come; so
 * from there on each flush syncs, until more flushes than that have passed.
 */
public final class LogDirectorySync implements StateMachine.DataApi {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);
    private static final String OPEN_SEGMENT_PREFIX = "log_inprogress_";

    private final Path current;
    private final int logQueueElements;
    private final DirectorySync directorySync;

    /** The open segment whose name was synced last; null at start. Used by the log thread. */
    private Path synced;

    /** Truncations that were announced; raised under Ratis' log lock, before an entry can take the place of what is cut. */
    private long announced;

    /** Those of them that the log thread has come to. */
    private long reached;

    /** Those of them behind which Ratis' flush index counts for nothing that was cut. */
    private long settled;

    /** Those of them that were announced before a received snapshot took the place of the log. */
    private long superseded;

    /** Flushes that must sync in any case. Raised under Ratis' log lock, lowered by the log thread; guarded by this. */
    private int suspicious;

    /**
     * @param current the group's {@code current} directory
     * @param logQueueElements {@code raft.server.log.queue.element-limit}, at least 1
     */
    public LogDirectorySync(Path current, int logQueueElements, DirectorySync directorySync) {
        if (logQueueElements < 1) {
            throw new IllegalArgumentException("log queue elements < 1: " + logQueueElements);
        }
        this.current = current;
        this.logQueueElements = logQueueElements;
        this.directorySync = directorySync;
    }

    @Override
    public CompletableFuture<Void> flush(long logIndex) {
        boolean suspect = beginFlush();
        if (!suspect && synced != null && Files.exists(synced)) {
            return DONE;
        }
        try {
            Path open = openSegment();
            directorySync.sync(current);
            synced = open;
            return DONE;
        } catch (IOException e) {
            synced = null;
            return CompletableFuture.failedFuture(
                    new IOException("could not make the segment names durable before index " + logIndex, e));
        }
    }

    @Override
    public CompletableFuture<Void> truncate(long logIndex) {
        long number;
        synchronized (this) {
            // One task more than the queue holds may be in the hands of the log thread.
            suspicious = logQueueElements + 1;
            announced++;
            number = announced;
        }
        return new Truncation(number);
    }

    /** The log thread asks for the result once it has cut the files, and then lowers its flush index. */
    private final class Truncation extends CompletableFuture<Void> {
        private final long number;

        Truncation(long number) {
            this.number = number;
            complete(null);
        }

        @Override
        public Void get() {
            synchronized (LogDirectorySync.this) {
                reached = Math.max(reached, number);
            }
            return null;
        }
    }

    /**
     * Truncations of the log so far; negative from when one is announced until the log thread has lowered the flush index. Ratis cuts
     * its cache at once, and new entries take their places there, while its flush index still is that of the old ones. So an entry is
     * on the disk only if this was not negative and did not change while flush index and term of the entry were read.
     */
    public synchronized long truncations() {
        return settled == announced ? settled : -1;
    }

    /**
     * A received snapshot is about to be installed. Ratis then throws away what its log thread has not come to, truncations, too: nobody
     * would ever hear of those.
     */
    public synchronized void snapshotReceived() {
        superseded = announced;
    }

    /** The snapshot is installed: Ratis' flush index is that of the snapshot. */
    public synchronized void snapshotInstalled() {
        reached = Math.max(reached, superseded);
        settled = Math.max(settled, superseded);
        notifyAll();
    }

    /**
     * Blocks until {@link #truncations} is not negative. The log thread, which alone ends a truncation, waits for no lock of the
     * division.
     *
     * @return false if it took longer than that, or the thread was interrupted
     */
    public synchronized boolean awaitTruncations(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (settled != announced) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private synchronized boolean beginFlush() {
        settled = reached; // on the log thread, which lowered the flush index before it came here
        notifyAll();
        if (suspicious == 0) {
            return false;
        }
        suspicious--;
        return true;
    }

    private Path openSegment() throws IOException {
        try (DirectoryStream<Path> segments = Files.newDirectoryStream(current, OPEN_SEGMENT_PREFIX + "*")) {
            Path open = null;
            for (Path segment : segments) {
                open = segment;
            }
            return open;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
