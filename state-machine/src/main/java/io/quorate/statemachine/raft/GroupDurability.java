package io.quorate.statemachine.raft;

import io.quorate.statemachine.raft.sync.AppliedBound;
import io.quorate.statemachine.raft.sync.CommittedFloor;
import io.quorate.statemachine.raft.sync.DirectorySync;
import io.quorate.statemachine.raft.sync.DivisionLog;
import io.quorate.statemachine.raft.sync.GroupLog;
import io.quorate.statemachine.raft.sync.GroupSync;
import io.quorate.statemachine.raft.sync.LogDirectorySync;
import io.quorate.statemachine.raft.sync.RaftSync;
import io.quorate.statemachine.raft.sync.SnapshotInstallSync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;

/** All fsyncs that Ratis leaves out, of one group, for as long as it is open: see {@link io.quorate.statemachine.raft.sync}. */
final class GroupDurability implements AutoCloseable {
    private final RaftSync sync;
    private final RaftGroupId groupId;
    private final GroupSync group;
    private final LogDirectorySync log;
    private final SnapshotInstallSync install;
    private final Path current;
    private final CommittedFloor floor;
    private final long appliedBefore;
    private final GroupLog raftLog;
    private final RaftServer.Division division;

    /** As on disk. Owned by the thread that applies. */
    private AppliedBound bound;

    /**
     * Makes durable what is on disk, before the group answers anybody.
     *
     * @param server that opens the group
     */
    GroupDurability(RaftSync sync, RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        this.sync = sync;
        this.groupId = groupId;
        this.division = server.getDivision(groupId);
        this.current = storage.getStorageDir().getCurrentDir().toPath();
        Path snapshots = storage.getStorageDir().getStateMachineDir().toPath();
        Path temporary = storage.getStorageDir().getTmpDir().toPath();
        this.install = new SnapshotInstallSync(temporary, snapshots, DirectorySync.FSYNC);
        install.recover();
        this.group = sync.register(groupId, storage, Optional.of(install));
        this.log = new LogDirectorySync(
                current, RaftServerConfigKeys.Log.queueElementLimit(server.getProperties()), DirectorySync.FSYNC);
        RaftView view = new RaftView(() -> server, groupId, log::truncations);
        this.raftLog = new DivisionLog(view::open, log);
        group.watch(raftLog);
        try {
            this.bound = AppliedBound.open(current, AppliedBound.presentBoot());
            this.appliedBefore =
                    Math.max(bound.index(), CommittedFloor.read(current).orElse(-1));
            this.floor = CommittedFloor.open(current);
        } catch (IOException | RuntimeException e) {
            sync.unregister(groupId);
            throw e;
        }
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
        boolean onDisk = index <= raftLog.flushIndex();
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

    /**
     * Closes the division, too, if that is not what calls this: of one that could not be opened, and that Ratis has forgotten, the log,
     * the threads and the lock of the directory would be held for ever.
     */
    @Override
    public void close() throws IOException {
        division.close();
        sync.unregister(groupId);
        floor.close();
    }
}
