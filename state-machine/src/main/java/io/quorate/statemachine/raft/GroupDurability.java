package io.quorate.statemachine.raft;

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
    private final CommittedFloor floor;
    private final long appliedBefore;

    /**
     * Makes durable what is on disk, before the group answers anybody.
     *
     * @param properties of the server that opens the group
     */
    GroupDurability(RaftSync server, RaftGroupId groupId, RaftStorage storage, RaftProperties properties)
            throws IOException {
        this.server = server;
        this.groupId = groupId;
        Path current = storage.getStorageDir().getCurrentDir().toPath();
        Path snapshots = storage.getStorageDir().getStateMachineDir().toPath();
        Path temporary = storage.getStorageDir().getTmpDir().toPath();
        this.install = new SnapshotInstallSync(temporary, snapshots, DirectorySync.FSYNC);
        install.recover();
        this.group = server.register(groupId, storage, Optional.of(install));
        this.log = new LogDirectorySync(
                current, RaftServerConfigKeys.Log.queueElementLimit(properties), DirectorySync.FSYNC);
        group.settleBeforeLeading(() -> log.awaitTruncations(PATIENCE));
        this.appliedBefore = CommittedFloor.read(current).orElse(-1);
        this.floor = CommittedFloor.open(current);
    }

    /** To be called before the group answers anybody: how its log says how far it is. Without it everything counts as on disk. */
    void watch(RaftView view) {
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

    /** Index that was applied here before the group was opened, as far as is known. */
    long appliedBefore() {
        return appliedBefore;
    }

    /** Notes, without an fsync, that the log up to an index was on disk: by the thread that applies. */
    void applied(long index) throws IOException {
        floor.advance(index);
    }

    @Override
    public void close() throws IOException {
        server.unregister(groupId);
        floor.close();
    }
}
