package io.quorate.cli.local;

import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.logapp.LogCommand;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Appends entries in order with a bounded number outstanding, and notes what was acknowledged and the longest silence. */
public final class LogFeed {
    private static final int OUTSTANDING = 256;

    private final ShardClient shard;
    private final List<Bytes> entries;
    /** LSN of each acknowledged entry, by its position in the input. */
    private final Map<Integer, Lsn> acknowledged = new ConcurrentHashMap<>();

    private final Map<Integer, AppendOutcome> failed = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(OUTSTANDING);
    private int sent;
    /** Time of the last acknowledgement, or of the last begin after a rest; guarded by this. */
    private long lastNanos;

    private long longestGapNanos;

    /** @param shard of application log */
    public LogFeed(ShardClient shard, List<Bytes> entries) {
        this.shard = shard;
        this.entries = entries;
    }

    /** Feeds up to a position in the input and waits until all of it is answered; pauses between calls are no gaps. */
    public void feedTo(int end) throws InterruptedException {
        synchronized (this) {
            lastNanos = System.nanoTime();
        }
        for (; sent < end; sent++) {
            room.acquire();
            int position = sent;
            shard.append(LogCommand.append(entries.get(position)).encode())
                    .whenComplete((outcome, failure) -> answered(position, outcome, failure));
        }
        room.acquire(OUTSTANDING);
        room.release(OUTSTANDING);
    }

    private void answered(int position, AppendOutcome outcome, Throwable failure) {
        if (failure == null && outcome instanceof Committed committed) {
            acknowledged.put(position, committed.lsn());
            noteAcknowledgement();
        } else {
            failed.put(position, failure == null ? outcome : new AppendOutcome.Indeterminate(failure.toString()));
        }
        room.release();
    }

    private synchronized void noteAcknowledgement() {
        long now = System.nanoTime();
        longestGapNanos = Math.max(longestGapNanos, now - lastNanos);
        lastNanos = now;
    }

    /** Entries handed to the client so far. */
    public int sent() {
        return sent;
    }

    /** LSN of each acknowledged entry, by its position in the input. */
    public Map<Integer, Lsn> acknowledged() {
        return acknowledged;
    }

    /** Outcome of each entry that was not acknowledged, by its position in the input. */
    public Map<Integer, AppendOutcome> failed() {
        return failed;
    }

    /** Longest time without an acknowledgement while entries were outstanding. */
    public synchronized long longestGapMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNanos);
    }
}
