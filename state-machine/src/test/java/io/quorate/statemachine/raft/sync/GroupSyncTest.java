package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.ProtoUtils;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ratis' real storage of one group, without a server. */
class GroupSyncTest {
    @TempDir
    Path directory;

    private static final RaftPeerId SELF = RaftPeerId.valueOf("n1");

    private final TestLog log = new TestLog();
    private final RaftGroupId groupId = RaftGroupId.randomId();
    private final List<Path> synced = new ArrayList<>();
    private final List<SyncFailedException> failures = new ArrayList<>();
    private boolean failing;
    private RaftStorage storage;
    private GroupSync group;

    @BeforeEach
    void start() throws IOException {
        storage = RaftStorage.newBuilder()
                .setDirectory(directory.resolve("group").toFile())
                .setOption(StartupOption.RECOVER)
                .setStorageFreeSpaceMin(SizeInBytes.ONE_KB)
                .build();
        storage.initialize();
        group = new RaftSync(this::sync, (id, failure) -> failures.add(failure))
                .register(groupId, storage, Optional.empty());
    }

    @AfterEach
    void stop() throws IOException {
        storage.close();
    }

    @Test
    void theStartSyncsTheDirectoriesUpToTheOneOfTheGroups() {
        assertThat(synced).containsExactly(directory, directory.resolve("group"), current());
    }

    @Test
    void aReplyOfAGroupThatWasClosedMeanwhileIsWithheld() {
        RaftSync sync = new RaftSync(this::sync, (id, failure) -> failures.add(failure));
        RequestVoteReplyProto reply = RequestVoteReplyProto.newBuilder()
                .setTerm(7)
                .setServerReply(RaftRpcReplyProto.newBuilder()
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(groupId))
                        .setSuccess(true))
                .build();
        sync.beforeReply(reply); // of somebody else's group
        sync.register(groupId, storage, Optional.empty());
        sync.beforeReply(reply);
        sync.unregister(groupId);
        assertThatThrownBy(() -> sync.beforeReply(reply)).isInstanceOf(SyncFailedException.class);
        sync.register(groupId, storage, Optional.empty());
        sync.beforeReply(reply);
    }

    private RequestVoteReplyProto vote(boolean granted) {
        return RequestVoteReplyProto.newBuilder()
                .setTerm(8)
                .setServerReply(RaftRpcReplyProto.newBuilder()
                        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(groupId))
                        .setSuccess(granted))
                .build();
    }

    @Test
    void aPeerThatJoinsAgainKeepsItsVoteAndVotesOnlyOnceItHasItsEntriesAgain() throws IOException {
        RaftSync sync = new RaftSync(this::sync, (id, failure) -> failures.add(failure));
        sync.remember(groupId, new PeerMemory(new VoteRecord(7, "n2"), 6, 9));
        GroupSync joined = sync.register(groupId, storage, Optional.empty());
        assertThat(storage.getMetadataFile().getMetadata())
                .as("put back before Ratis goes by it")
                .isEqualTo(RaftStorageMetadata.valueOf(7, RaftPeerId.valueOf("n2")));
        joined.watch(log);
        for (TermIndex tooFew : List.of(TermIndex.valueOf(5, 100), TermIndex.valueOf(6, 8))) {
            assertThatThrownBy(() -> sync.beforeReply(vote(true)))
                    .isInstanceOf(SyncFailedException.class)
                    .hasMessageContaining("votes for nobody");
            sync.beforeReply(vote(false));
            log.lastEntry = Optional.of(tooFew);
        }
        assertThat(failures).as("it may vote later").isEmpty();
        for (TermIndex enough : List.of(TermIndex.valueOf(6, 9), TermIndex.valueOf(7, 3))) {
            log.lastEntry = Optional.of(enough);
            sync.beforeReply(vote(true));
        }
    }

    @Test
    void aPeerThatJoinsAgainDoesNotLeadWithoutTheEntriesThatItHad() throws IOException {
        RaftSync sync = new RaftSync(this::sync, (id, failure) -> failures.add(failure));
        sync.remember(groupId, new PeerMemory(new VoteRecord(7, ""), 6, 9));
        GroupSync joined = sync.register(groupId, storage, Optional.empty());
        joined.watch(log);
        vote(8, "n1");
        assertThatThrownBy(() -> joined.leaderChanged(SELF, SELF))
                .isInstanceOf(MustReopenException.class)
                .hasMessageContaining("it left this group before, has joined it again, and lacks entries that it had");
        assertThat(log.closed)
                .as("or its first entry would look like those that it lacks")
                .isTrue();
    }

    @Test
    void ofTwoStaysTheLaterVoteAndTheLongerLogAreRemembered() {
        PeerMemory first = new PeerMemory(new VoteRecord(7, "n2"), 6, 9);
        PeerMemory second = new PeerMemory(new VoteRecord(8, ""), 6, 4);
        assertThat(first.and(second)).isEqualTo(new PeerMemory(new VoteRecord(8, ""), 6, 9));
        assertThat(second.and(first)).isEqualTo(first.and(second));
    }

    @Test
    void entriesAreAcknowledgedOnlyOnceTheyAreOnDisk() {
        group.beforeAcknowledging(1_000);
        log.flushIndex = 7;
        group.watch(log);
        group.beforeAcknowledging(7);
        assertThatThrownBy(() -> group.beforeAcknowledging(8))
                .isInstanceOf(SyncFailedException.class)
                .hasMessageContaining("up to 8 were sent again, but only those up to 7 are on disk");
        log.flushIndex = 8;
        group.beforeAcknowledging(8);
        assertThat(failures).as("asked again, it is no failure").isEmpty();
    }

    @Test
    void aChangeIsSyncedOnceAndAnUnchangedVoteCostsNothing() throws IOException {
        synced.clear();
        group.ensureVoteDurable();
        assertThat(synced).isEmpty();
        vote(4, "n2");
        group.ensureVoteDurable();
        group.ensureVoteDurable(4);
        assertThat(synced).containsExactly(current());
        assertThat(VoteMirror.read(current())).contains(new VoteRecord(4, "n2"));
    }

    @Test
    void aTermThatRatisHasNotWrittenYetIsCoveredAllTheSame() throws IOException {
        vote(4, "n2");
        group.ensureVoteDurable(5);
        assertThat(VoteMirror.read(current())).contains(new VoteRecord(5, ""));
        vote(5, "n1");
        group.ensureVoteDurable(5);
        assertThat(VoteMirror.read(current())).contains(new VoteRecord(5, "n1"));
    }

    @Test
    void aLateWriteOfAnOlderTermDoesNotTakeAPromiseBack() throws IOException {
        vote(5, "n2");
        group.ensureVoteDurable(5);
        vote(4, "n1");
        group.ensureVoteDurable(5);
        assertThat(VoteMirror.read(current())).contains(new VoteRecord(5, "n2"));
        stop();
        start();
        assertThat(storage.getMetadataFile().getMetadata())
                .as("put back before Ratis goes by it")
                .isEqualTo(RaftStorageMetadata.valueOf(5, RaftPeerId.valueOf("n2")));
        assertThat(Files.readString(current().resolve("raft-meta")))
                .contains("term=5")
                .contains("votedFor=n2");
    }

    @Test
    void aSecondVoteInOneTermDoesNotReplaceTheFirst() throws IOException {
        vote(5, "n2");
        group.ensureVoteDurable();
        vote(5, "n1");
        group.ensureVoteDurable();
        assertThat(VoteMirror.read(current())).contains(new VoteRecord(5, "n2"));
    }

    @Test
    void aPeerDoesNotLeadATermInWhichItVotedForAnother() throws IOException {
        group.watch(log);
        vote(4, "n1");
        group.leaderChanged(SELF, SELF);
        assertThat(VoteMirror.read(current())).contains(new VoteRecord(4, "n1"));
        vote(5, "n2");
        group.leaderChanged(SELF, RaftPeerId.valueOf("n2"));
        assertThat(log.closed).isFalse();
        assertThatThrownBy(() -> group.leaderChanged(SELF, SELF))
                .isInstanceOf(MustReopenException.class)
                .hasMessageContaining("n1 was elected and must not lead")
                .hasMessageContaining("it promised VoteRecord[term=5, votedFor=n2]");
        assertThat(failures).hasSize(1);
        assertThat(log.closed)
                .as("or its first entry would stand among those of n2, under the same term")
                .isTrue();
    }

    /** It would lead a later term by the votes of its own. */
    @Test
    void anElectionThatWasOvertakenByAnotherOneOfItsPeerDoesNotLead() throws Exception {
        group.watch(log);
        vote(4, "n1");
        ThreadGroup division = new ThreadGroup("division");
        CountDownLatch ended = new CountDownLatch(1);
        Thread later = new Thread(division, () -> HeldEntries.await(ended, "its votes"), "n1@group-LeaderElection8");
        Thread asking = new Thread(division, () -> HeldEntries.await(ended, "a vote"), "n1@group-LeaderElection7-1");
        asking.start();
        assertThat(leads(division))
                .as("those that ask for its votes are no other election")
                .isEmpty();
        later.start();
        assertThat(leads(division)).hasValueSatisfying(refusal -> assertThat(refusal)
                .isInstanceOf(MustReopenException.class)
                .hasMessageContaining("its election was overtaken"));
        ended.countDown();
        later.join();
        asking.join();
    }

    /** Why the peer does not lead at the end of an election. */
    private Optional<Throwable> leads(ThreadGroup division) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Runnable election = () -> {
            try {
                group.leaderChanged(SELF, SELF);
                end.complete(null);
            } catch (SyncFailedException e) {
                end.completeExceptionally(e);
            }
        };
        Thread thread = new Thread(division, election, "n1@group-LeaderElection7");
        thread.start();
        thread.join();
        return Optional.ofNullable(end.handle((done, failure) -> failure).get());
    }

    @Test
    void aPeerDoesNotLeadWhoseLogWasCutSinceItNotedWhatItsFollowersNeed() throws IOException {
        group.watch(log);
        vote(4, "n1");
        group.leaderChanged(SELF, SELF);
        log.endsBeforeWhatFollowersNeed = true;
        group.leaderChanged(SELF, RaftPeerId.valueOf("n2"));
        assertThatThrownBy(() -> group.leaderChanged(SELF, SELF))
                .isInstanceOf(MustReopenException.class)
                .hasMessageContaining("its log was truncated as it was elected");
    }

    @Test
    void aLeaderWhoseVoteCannotBeMadeDurableTakesNothingIntoItsLog() throws IOException {
        group.watch(log);
        failing = true;
        vote(4, "n1");
        assertThatThrownBy(() -> group.leaderChanged(SELF, SELF)).isSameAs(failures.get(0));
        assertThat(failures.get(0)).isNotInstanceOf(MustReopenException.class);
        assertThat(log.closed).isTrue();
    }

    @Test
    void aPeerDoesNotLeadWhileItsLogIsBeingTruncated() throws Exception {
        LogDirectorySync segments = new LogDirectorySync(current(), 4, DirectorySync.FSYNC);
        log.directory = Optional.of(segments);
        group.watch(log);
        vote(4, "n1");
        group.leaderChanged(SELF, SELF);
        CompletableFuture<Void> truncation = segments.truncate(11);
        group.leaderChanged(SELF, RaftPeerId.valueOf("n2"));
        CompletableFuture<Void> leading = CompletableFuture.runAsync(() -> group.leaderChanged(SELF, SELF));
        assertThatThrownBy(() -> leading.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        truncation.get();
        segments.flush(11).join();
        leading.get(60, TimeUnit.SECONDS);
        assertThat(failures).isEmpty();
    }

    @Test
    void aPeerWhoseLogIsNotTruncatedInTimeGivesUpRatherThanLead() throws IOException {
        LogDirectorySync segments = new LogDirectorySync(current(), 4, DirectorySync.FSYNC);
        log.directory = Optional.of(segments);
        log.patience = Duration.ofMillis(10);
        group.watch(log);
        vote(4, "n1");
        segments.truncate(11);
        assertThatThrownBy(() -> group.leaderChanged(SELF, SELF))
                .isInstanceOf(MustReopenException.class)
                .hasMessageContaining("its log is still being truncated");
        assertThat(failures).hasSize(1);
    }

    @Test
    void aFailureIsToldOnceAndIsFinal() throws IOException {
        failing = true;
        vote(4, "n2");
        assertThatThrownBy(() -> group.ensureVoteDurable())
                .isInstanceOf(SyncFailedException.class)
                .hasMessageContaining("term 4 and vote 'n2'")
                .hasMessageContaining(current().toString());
        failing = false;
        assertThatThrownBy(() -> group.ensureVoteDurable()).isSameAs(failures.get(0));
        assertThatThrownBy(() -> group.configurationWritten(0)).isSameAs(failures.get(0));
        assertThat(failures).hasSize(1);
    }

    @Test
    void aPartOfASnapshotThatComesLateIsRefusedAndHoldsUpNobody() throws Exception {
        vote(4, "n2");
        assertThatThrownBy(() -> group.enterInstall(3))
                .isInstanceOf(SyncFailedException.class)
                .hasMessageContaining("from the leader of term 3 comes late: this peer is in term 4");
        assertThat(failures).as("it may go on").isEmpty();
        CompletableFuture.runAsync(() -> group.enterInstall(4).close()).get(60, TimeUnit.SECONDS);
    }

    @Test
    void anOlderConfigurationThanThePresentOneIsNotTaken() throws IOException {
        writeConfiguration(7);
        group.configurationWritten(7);
        writeConfiguration(3);
        synced.clear();
        assertThatThrownBy(() -> group.configurationWritten(3))
                .isInstanceOf(MustReopenException.class)
                .hasMessageContaining("the configuration of index 3 by an earlier leader, and had that of index 7");
        assertThat(synced).as("its copy holds the newer one").isEmpty();
    }

    @Test
    void aConfigurationThatWasNotWrittenIsNoticed() throws IOException {
        writeConfiguration(7);
        synced.clear();
        group.configurationWritten(7);
        assertThat(synced).containsExactly(current());
        assertThatThrownBy(() -> group.configurationWritten(8))
                .isInstanceOf(SyncFailedException.class)
                .hasRootCauseMessage(current().resolve("raft-meta.conf") + " holds index 7");
    }

    @Test
    void aDamagedMirrorStopsTheStart() throws IOException {
        stop();
        Files.write(current().resolve(VoteMirror.FILE_NAME), new byte[30]);
        assertThatThrownBy(this::start)
                .isInstanceOf(SyncFailedException.class)
                .hasMessageContaining("what was found at the start");
    }

    private void sync(Path path) throws IOException {
        if (failing) {
            throw new IOException("planted");
        }
        DirectorySync.FSYNC.sync(path);
        synced.add(path);
    }

    private void vote(long term, String votedFor) throws IOException {
        storage.getMetadataFile().persist(RaftStorageMetadata.valueOf(term, RaftPeerId.valueOf(votedFor)));
    }

    private void writeConfiguration(long index) throws IOException {
        LogEntryProto entry = LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(index)
                .setConfigurationEntry(RaftConfigurationProto.getDefaultInstance())
                .build();
        Files.write(current().resolve("raft-meta.conf"), entry.toByteArray());
    }

    private Path current() {
        return directory.resolve("group/current");
    }
}
