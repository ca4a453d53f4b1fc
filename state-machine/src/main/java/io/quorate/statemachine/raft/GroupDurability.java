package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.sync.AppliedBound;
import io.quorate.statemachine.raft.sync.CommittedFloor;
import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.GroupSync;
import io.quorate.statemachine.raft.sync.LogDirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.SnapshotInstallSync;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;

/** All fsyncs that Ratis leaves out, of one group, for as long as it is open: see {@link io.quorate.statemachine.raft.sync}. */
final class GroupDurability implements AutoCloseable {
    /** For a disk that hangs as a new leader begins; others elect another one meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RaftSync server;
    private final RaftGroupId groupId;
    private final GroupSync group;
    private final LogDirectorySync log;
    private final SnapshotInstallSync install;
    private final Path current;
    private final CommittedFloor floor;
    private final long appliedBefore;
    private LongSupplier flushIndex = () -> Long.MAX_VALUE;

    /** As on disk. Owned by the thread that applies. */
    private AppliedBound bound;

    /**
     * Makes durable what is on disk, before the group answers anybody.
     *
     * @param properties of the server that opens the group
     */
    GroupDurability(RaftSync server, RaftGroupId groupId, RaftStorage storage, RaftProperties properties)
            throws IOException {
        this.server = server;
        this.groupId = groupId;
        this.current = storage.getStorageDir().getCurrentDir().toPath();
        Path snapshots = storage.getStorageDir().getStateMachineDir().toPath();
        Path temporary = storage.getStorageDir().getTmpDir().toPath();
        this.install = new SnapshotInstallSync(temporary, snapshots, DirectorySync.FSYNC);
        install.recover();
        this.group = server.register(groupId, storage, Optional.of(install));
        this.log = new LogDirectorySync(
                current, RaftServerConfigKeys.Log.queueElementLimit(properties), DirectorySync.FSYNC);
        group.settleBeforeLeading(() -> log.awaitTruncations(PATIENCE));
        try {
            this.bound = AppliedBound.open(current, AppliedBound.presentBoot());
            this.appliedBefore =
                    Math.max(bound.index(), CommittedFloor.read(current).orElse(-1));
            this.floor = CommittedFloor.open(current);
        } catch (IOException | RuntimeException e) {
            server.unregister(groupId);
            throw e;
        }
    }

    /** To be called before the group answers anybody: how its log says how far it is. Without it everything counts as on disk. */
    void watch(RaftView view) {
        flushIndex = view::flushIndex;
        group.watchFlushIndex(view::flushIndex);
        group.watchLastEntry(view::lastEntry);
    }

    GroupSync group() {
        return group;
    }

    LogDirectorySync log() {
        return log;
    }

    SnapshotInstallSync install() {
        return install;
    }

    /** An index that nothing above was applied here before the group was opened. */
    long appliedBefore() {
        return appliedBefore;
    }

    /**
     * Notes that an entry was applied, before that shows to anybody: by the thread that applies. That is a write without an fsync, but
     * for the first entry after {@link #parked} and for one that the log does not have on disk yet (a majority of others has it).
     */
    void applied(long index) throws IOException {
        boolean onDisk = index <= flushIndex.getAsLong();
        boolean takesBack = bound.state() == AppliedBound.State.PARKED && index > bound.index();
        if (takesBack || !onDisk && index > bound.index()) {
            note(AppliedBound.State.RUNNING, onDisk ? bound.index() : index);
        }
        if (onDisk) {
            floor.advance(index);
        }
    }

    /** Notes, durably, that nothing behind an entry was applied, nor will be without a note: by the thread that applies. */
    void parked(long lastApplied) throws IOException {
        note(AppliedBound.State.PARKED, Math.max(lastApplied, appliedBefore));
    }

    private void note(AppliedBound.State state, long index) throws IOException {
        AppliedBound next = new AppliedBound(state, bound.boot(), index);
        next.write(current);
        bound = next;
    }

    @Override
    public void close() throws IOException {
        server.unregister(groupId);
        floor.close();
    }
}
