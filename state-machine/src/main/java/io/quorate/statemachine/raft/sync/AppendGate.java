package io.quorate.statemachine.raft.sync;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets what leaders and candidates ask of one group pass one after the other, where Ratis 3.3.0 does not (read in its source). {@code
 * RaftServerImpl.appendEntriesAsync} checks the leader's term under the division's lock, gives that up, and then appends to the log.
 * A thread that is held up in between (it waits there for the end of an earlier role, too) appends for a leader that was one:
 *
 * <ul>
 *   <li>behind a vote for a candidate that does not have those entries, and acknowledges them: a leader of the former term commits
 *       what the leader of the new one overwrites. So a vote waits until an append is in the log, where the vote sees it, or the
 *       append comes after it, and is refused.
 *   <li>over entries of the next leader that were acknowledged already: they would be cut. So appends wait for one another.
 *   <li>over entries of this peer's own, if it leads by now, and counts them by a flush index that is lowered only later. So a new
 *       leader begins only once what was under way is in the log ({@link #awaitEarlier}), and its truncations are done.
 * </ul>
 *
 * <p>Appends do not wait for the disk here, unless the log's queue is full. They end on the threads that they came on, since {@code
 * raft.server.log.append-entries.compose.enabled} is false ({@link RequiredSettings}). Thread-safe.
 */
final class AppendGate {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ReentrantLock oneAtATime = new ReentrantLock();

    /** Who has passed the gate and is not through yet. */
    private volatile Thread passing;

    /** Blocks until whoever came first is through. To be closed by the same thread. */
    Passage enter() {
        oneAtATime.lock();
        passing = Thread.currentThread();
        return this::leave;
    }

    private void leave() {
        passing = null;
        oneAtATime.unlock();
    }

    /**
     * To be called with the division's lock held: waits until whoever has passed the gate is through, or waits for that very lock. The
     * latter looks at the terms only once this thread has given it up, and is refused.
     *
     * @return false if it took longer than that, or the thread was interrupted
     */
    boolean awaitEarlier(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (Thread thread = passing; thread != null && !waitsForMe(thread); thread = passing) {
            if (deadline - System.nanoTime() <= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return true;
    }

    private static boolean waitsForMe(Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
        return info != null
                && info.getThreadState() == Thread.State.BLOCKED
                && info.getLockOwnerId() == Thread.currentThread().getId();
    }
}
