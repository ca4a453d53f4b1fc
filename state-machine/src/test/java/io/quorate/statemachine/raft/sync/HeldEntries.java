package io.quorate.statemachine.raft.sync;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

/**
 * The entries of one request. The thread that brings them stops between Ratis' look at the leader's term, which it takes under the
 * division's lock, and the append to the log, as it may wherever a thread loses its processor: at its first use of the entries without
 * that lock behind one with it.
 */
final class HeldEntries extends AbstractList<LogEntryProto> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<LogEntryProto> entries;
    private final Object division;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean termChecked;

    private HeldEntries(List<LogEntryProto> entries, Object division) {
        this.entries = entries;
        this.division = division;
    }

    /** Takes the place of what the request holds, before Ratis looks at it. */
    static HeldEntries plantIn(AppendEntriesRequestProto request, Object division) {
        HeldEntries held = new HeldEntries(request.getEntriesList(), division);
        try {
            Field field = AppendEntriesRequestProto.class.getDeclaredField("entries_");
            field.setAccessible(true);
            field.set(request, held);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        return held;
    }

    void awaitReached() {
        await(reached, "an append between its check and the log");
    }

    void release() {
        released.countDown();
    }

    private void look() {
        if (Thread.holdsLock(division)) {
            termChecked = true;
        } else if (termChecked && reached.getCount() > 0) {
            reached.countDown();
            await(released, "the release of a held append");
        }
    }

    static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited in vain for " + what);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public LogEntryProto get(int index) {
        look();
        return entries.get(index);
    }

    @Override
    public int size() {
        look();
        return entries.size();
    }
}
