package io.quorate.statemachine.raft.node;

import io.quorate.statemachine.raft.sync.DivisionLog;
import io.quorate.statemachine.raft.sync.GroupSync;
import io.quorate.statemachine.raft.sync.LogDirectorySync;
import io.quorate.statemachine.raft.sync.RequiredSettings;
import io.quorate.statemachine.raft.sync.SnapshotInstallSync;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;

/** Keeps each message as a line. With sync hooks, it is the reference for how a state machine wires them. */
public final class NoteStateMachine extends BaseStateMachine {
    private final Optional<NodeSync> sync;
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final SimpleStateMachineStorage snapshots = new SimpleStateMachineStorage();
    private volatile GroupSync groupSync;
    private volatile LogDirectorySync directorySync;
    private volatile SnapshotInstallSync installSync;

    public NoteStateMachine(Optional<NodeSync> sync) {
        this.sync = sync;
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        if (sync.isPresent()) {
            RequiredSettings.check(server.getProperties());
            NodeSync node = sync.get();
            installSync = new SnapshotInstallSync(
                    storage.getStorageDir().getTmpDir().toPath(),
                    storage.getStorageDir().getStateMachineDir().toPath(),
                    node.snapshots());
            installSync.recover();
            directorySync = new LogDirectorySync(
                    storage.getStorageDir().getCurrentDir().toPath(),
                    RaftServerConfigKeys.Log.queueElementLimit(server.getProperties()),
                    node.log());
            groupSync = node.raftSync().register(groupId, storage, Optional.of(installSync));
            if (node.settles()) {
                groupSync.watch(new DivisionLog(() -> divisionOf(server, groupId), directorySync));
            }
        }
        Files.createDirectories(storage.getStorageDir().getStateMachineDir().toPath());
        snapshots.init(storage);
        load();
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        if (installSync != null) {
            unchecked(installSync::beforePublish);
        }
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        snapshots.loadLatestSnapshot();
        load();
    }

    @Override
    public DataApi data() {
        return directorySync == null ? DataApi.DEFAULT : directorySync;
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        if (groupSync != null) {
            groupSync.leaderChanged(member.getPeerId(), leader);
        }
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        if (groupSync != null) {
            groupSync.configurationWritten(index);
        }
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        notes.add(entry.getStateMachineLogEntry().getLogData().toStringUtf8());
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.valueOf(Integer.toString(notes.size())));
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex last = getLastAppliedTermIndex();
        Path file = snapshots.getSnapshotFile(last.getTerm(), last.getIndex()).toPath();
        Files.write(file, notes, StandardCharsets.UTF_8);
        FileInfo info = new FileInfo(file, MD5FileUtil.computeAndSaveMd5ForFile(file.toFile()));
        snapshots.updateLatestSnapshot(new SingleFileSnapshotInfo(info, last.getTerm(), last.getIndex()));
        return last.getIndex();
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return snapshots;
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        if (installSync != null) {
            unchecked(installSync::published);
        }
        return snapshots.getLatestSnapshot();
    }

    private static Optional<RaftServer.Division> divisionOf(RaftServer server, RaftGroupId groupId) {
        try {
            return Optional.of(server.getDivision(groupId));
        } catch (IOException removed) {
            return Optional.empty();
        }
    }

    private void load() throws IOException {
        SingleFileSnapshotInfo latest = snapshots.getLatestSnapshot();
        notes.clear();
        if (latest != null) {
            notes.addAll(Files.readAllLines(latest.getFile().getPath(), StandardCharsets.UTF_8));
            setLastAppliedTermIndex(latest.getTermIndex());
        }
        if (getLifeCycleState() == LifeCycle.State.PAUSED || getLifeCycleState() == LifeCycle.State.NEW) {
            getLifeCycle().transition(LifeCycle.State.STARTING);
            getLifeCycle().transition(LifeCycle.State.RUNNING);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void unchecked(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
