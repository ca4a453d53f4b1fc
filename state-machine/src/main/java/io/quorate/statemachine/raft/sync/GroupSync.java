package io.quorate.statemachine.raft.sync;

import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what one group's peer has promised durable: its term, its vote and its configuration. Made by {@link RaftSync#register}.
 *
 * <p>Guarantee: when {@link #ensureVoteDurable} returns, the term and the vote that Ratis held when it was called survive a power
 * loss, in {@code raft-meta} and in the {@link VoteMirror}. As long as nothing has changed, which is nearly always, a call
 * compares two references and does no I/O.
 *
 * <p>The mirror also closes a race of Ratis 3.3.0 (read in its source). {@code LeaderElection} synchronizes on a wrapper of its
 * own instead of the division, so that {@code ServerState.initElection} raises the term, votes for itself and writes {@code
 * raft-meta} beside a vote or append request that runs under the division's lock. Then a reply can carry a term that is not
 * written yet, and a slow write of (T, self) can end after the write of a vote in T+1 and replace it on disk. The mirror never
 * goes back, takes in the term of the reply, and wins at the next start. For the same reason an election that was overtaken can
 * end in {@code changeToLeader} of a later candidacy; see {@link #leaderChanged}.
 *
 * <p>Thread-safe. A failure is final: every later call fails with the same cause.
 */
public final class GroupSync {
    private static final Logger log = LoggerFactory.getLogger(GroupSync.class);
    private static final String CONFIGURATION_FILE = "raft-meta.conf";
    /** Name of the thread of an election; those that ask for its votes have a further number. */
    private static final Pattern ELECTION = Pattern.compile("LeaderElection\\d+$");

    /** For a thread that was held up as this peer begins to lead; others elect another one meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RaftGroupId groupId;
    private final RaftStorage storage;
    private final Path current;
    private final DirectorySync directorySync;
    private final SyncFailureListener failures;
    private final Optional<SnapshotInstallSync> install;
    private final AppendGate appends = new AppendGate();
    private final Optional<PeerMemory> memory;
    private volatile Optional<GroupLog> raftLog = Optional.empty();

    /** Content of the mirror. Invariant: durable, and follows all earlier ones. Written under this. */
    private volatile VoteRecord promised = new VoteRecord(0, "");

    /** What Ratis had written when {@link #promised} was last brought up to it; null before the start. Written under this. */
    private volatile RaftStorageMetadata seen;

    /** Index of the newest configuration since the group was opened. Guarded by this. */
    private long newestConfiguration = -1;

    /** Written under this, once. */
    private volatile SyncFailedException failure;

    GroupSync(
            RaftGroupId groupId,
            RaftStorage storage,
            DirectorySync directorySync,
            SyncFailureListener failures,
            Optional<SnapshotInstallSync> install,
            Optional<PeerMemory> memory) {
        this.groupId = groupId;
        this.storage = storage;
        this.current = storage.getStorageDir().getCurrentDir().toPath();
        this.directorySync = directorySync;
        this.failures = failures;
        this.install = install;
        this.memory = memory;
    }

    /**
     * Makes durable what was found, up to the directory that holds the groups: a killed process may have left it unsynced. Ratis
     * reads {@code raft-meta} for good only after {@code StateMachine.initialize}, so a promise that it does not hold is put back.
     */
    synchronized void start() {
        Path root = storage.getStorageDir().getRoot().toPath().toAbsolutePath();
        try {
            promised = VoteMirror.read(current).orElse(promised);
            VoteRecord earlier = memory.map(PeerMemory::vote).orElse(promised);
            if (!promised.mayFollow(earlier)) {
                promised = earlier; // of an earlier stay in this group
            }
            VoteRecord found = recordOf(present());
            if (!found.mayFollow(promised)) {
                log.warn("[{}] raft-meta holds {}, but {} was promised: put back", groupId, found, promised);
                storage.getMetadataFile()
                        .persist(RaftStorageMetadata.valueOf(promised.term(), RaftPeerId.valueOf(promised.votedFor())));
            }
            directorySync.sync(root.getParent());
            directorySync.sync(root);
        } catch (IOException | CorruptFormatException e) {
            throw fail("what was found at the start", e);
        }
        ensureVoteDurable();
    }

    /**
     * To be called from {@code notifyLeaderChanged}, which Ratis calls under the division's lock before a leader appends or sends
     * anything. Blocks until the vote is durable that made this peer a leader.
     *
     * <p>If it throws, the leader is not started; but Ratis appends a leader's first entry to the log even where it stops one that was
     * never started ({@code LeaderStateImpl.stop} asks for it). That entry would stand in the log under a term in which another peer may
     * lead, or let a peer that lacks entries look as though it had them. So the log is closed first.
     *
     * @throws SyncFailedException if it could not be made durable
     * @throws MustReopenException if this peer is to lead a term in which it voted for somebody else (an election that was
     *     overtaken, see above), or lacks entries that it had before it left the group, or while entries of an earlier leader are on
     *     their way into its log, or its log is being truncated, or was since it noted what its followers need
     */
    public void leaderChanged(RaftPeerId self, RaftPeerId leader) {
        if (!self.equals(leader)) {
            ensureVoteDurable();
            return;
        }
        try {
            ensureVoteDurable();
            Optional<String> why = reasonNotToLead(self);
            if (why.isPresent()) {
                throw refuse(self, why.get());
            }
        } catch (SyncFailedException e) {
            raftLog.ifPresent(closing -> close(closing, e));
            throw e;
        }
    }

    private Optional<String> reasonNotToLead(RaftPeerId self) {
        if (!promised.votedFor().equals(self.toString())) {
            return Optional.of("it promised " + promised);
        }
        if (isOvertaken(Thread.currentThread())) {
            return Optional.of("its election was overtaken by another one of its own, which has not ended");
        }
        if (!remembersItsLog()) {
            return Optional.of("it left this group before, has joined it again, and lacks entries that it had");
        }
        if (!appends.awaitEarlier(PATIENCE)) {
            return Optional.of("entries of an earlier leader are still on their way into its log");
        }
        if (!raftLog.map(GroupLog::awaitTruncations).orElse(true)) {
            return Optional.of("its log is still being truncated: it would count entries as on its disk"
                    + " by what lay there before");
        }
        if (raftLog.map(GroupLog::endsBeforeWhatFollowersNeed).orElse(false)) {
            return Optional.of("its log was truncated as it was elected");
        }
        return Optional.empty();
    }

    /**
     * An election that has won but was held up before it made its peer the leader finds a candidate of a later term there, whose own
     * election goes on: it would lead that term by the votes of its own. Ratis runs each on a thread of its own, in the division's group.
     */
    private static boolean isOvertaken(Thread election) {
        ThreadGroup division = election.getThreadGroup();
        if (division == null) {
            return false;
        }
        Thread[] threads = new Thread[2 * division.activeCount() + 16];
        int count = division.enumerate(threads, false);
        return Arrays.stream(threads, 0, count)
                .anyMatch(thread -> thread != election
                        && thread.isAlive()
                        && ELECTION.matcher(thread.getName()).find());
    }

    private synchronized SyncFailedException refuse(RaftPeerId self, String why) {
        return mustReopen(self + " was elected and must not lead: " + why);
    }

    private SyncFailedException mustReopen(String why) {
        if (failure == null) {
            failure = new MustReopenException("[" + groupId + "] " + why + "; open the group again");
            log.warn("{}", failure.getMessage());
            failures.syncFailed(groupId, failure);
        }
        return failure;
    }

    private void close(GroupLog closing, SyncFailedException why) {
        try {
            closing.close();
        } catch (IOException e) {
            why.addSuppressed(e);
            log.warn("[{}] the log of a leader that was refused cannot be closed", groupId, e);
        }
    }

    /** To be called before the group answers anybody. Without it acknowledgements are not held back by what is on the disk. */
    public void watch(GroupLog watched) {
        raftLog = Optional.of(watched);
    }

    /** {@link #ensureVoteDurable(long)} without a term of one's own to cover. */
    public void ensureVoteDurable() {
        ensureVoteDurable(0);
    }

    /**
     * Blocks until the present term and vote are durable.
     *
     * @param term what the message says; covered even if Ratis has not written it yet
     * @throws SyncFailedException if that failed, now or earlier; nothing that relies on the term or vote may leave this node
     */
    public void ensureVoteDurable(long term) {
        if (failure == null && present() == seen && promised.term() >= term) {
            return;
        }
        synchronized (this) {
            if (failure != null) {
                throw failure;
            }
            RaftStorageMetadata written = present();
            VoteRecord next = next(recordOf(written), term);
            if (seen == null || !next.equals(promised)) {
                store(next);
            }
            promised = next;
            seen = written;
        }
    }

    private VoteRecord next(VoteRecord written, long term) {
        VoteRecord next = promised;
        if (written.mayFollow(next)) {
            next = written;
        } else {
            log.warn("[{}] raft-meta went back from {} to {}; the promise is kept", groupId, promised, written);
        }
        return next.term() < term ? new VoteRecord(term, "") : next;
    }

    private void store(VoteRecord vote) {
        try {
            VoteMirror.write(current, vote, directorySync);
            log.debug("[{}] durable: {}", groupId, vote);
        } catch (IOException e) {
            throw fail("term " + vote.term() + " and vote '" + vote.votedFor() + "'", e);
        }
    }

    /**
     * To be called from {@code notifyConfigurationChanged}: Ratis has written the configuration just before, but only logs if that
     * failed, and does not sync the rename. A checksummed copy is kept beside it ({@link ConfigurationMirror}).
     *
     * @param index log index of the configuration
     * @throws SyncFailedException if {@code raft-meta.conf} does not hold a configuration at or after the index, or not durably
     * @throws MustReopenException if it is older than one that was written before, since the group was opened: a leader was deposed
     *     between {@link #enterInstall} and Ratis' own look at its term. The copy still holds the newer one
     */
    public synchronized void configurationWritten(long index) {
        if (failure != null) {
            throw failure;
        }
        if (index < newestConfiguration) {
            throw mustReopen("was given the configuration of index " + index
                    + " by an earlier leader, and had that of index " + newestConfiguration);
        }
        newestConfiguration = index;
        Path file = current.resolve(CONFIGURATION_FILE);
        try {
            byte[] bytes = Files.readAllBytes(file);
            LogEntryProto entry = LogEntryProto.parseFrom(bytes);
            if (!entry.hasConfigurationEntry() || entry.getIndex() < index) {
                throw new IOException(file + " holds index " + entry.getIndex()
                        + (entry.hasConfigurationEntry() ? "" : " and no configuration"));
            }
            ConfigurationMirror.write(current, ByteBuffer.wrap(bytes), directorySync);
        } catch (IOException e) {
            throw fail("the configuration of index " + index, e);
        }
    }

    /**
     * Before entries are acknowledged to the leader. Ratis acknowledges entries that it is sent a second time at once, since they lie in
     * its cache, though the first write of them may still wait for a slow disk or have failed for good; a leader that counts such an
     * acknowledgement commits what a power loss takes back. The acknowledgement is lost instead, and the leader asks again.
     *
     * @param index last entry that is acknowledged
     * @throws SyncFailedException if the log is not on disk so far
     */
    void beforeAcknowledging(long index) {
        long flushed = raftLog.map(GroupLog::flushIndex).orElse(Long.MAX_VALUE);
        if (flushed < index) {
            throw new SyncFailedException(
                    "[" + groupId + "] entries up to " + index + " were sent again, but only those up to " + flushed
                            + " are on disk yet",
                    null);
        }
    }

    private boolean remembersItsLog() {
        return memory.isEmpty()
                || raftLog.flatMap(GroupLog::lastEntry)
                        .filter(last -> memory.get().isCovered(last.getTerm(), last.getIndex()))
                        .isPresent()
                || memory.get().isCovered(0, -1);
    }

    /**
     * Before a vote for somebody leaves.
     *
     * @throws SyncFailedException if this peer left the group before, and lacks entries that it had: it cannot tell whether the candidate
     *     has them
     */
    void beforeGranting() {
        if (!remembersItsLog()) {
            throw new SyncFailedException(
                    "[" + groupId
                            + "] left this group before, has joined it again, and votes for nobody until its log is as far as"
                            + " it was: " + memory.get(),
                    null);
        }
    }

    /** Before a vote is decided, or entries are taken. */
    Passage enter() {
        return appends.enter();
    }

    /**
     * Before a part of a snapshot is taken. Ratis refuses one of an earlier leader, but puts the configuration that came with it in place
     * of its own all the same, and writes it ({@code SnapshotInstallationHandler.installSnapshotImpl}): a leader with such a configuration
     * would count the wrong voters. So Ratis must not see it.
     *
     * @param leaderTerm in which it was sent
     * @throws SyncFailedException if this peer has come to a later term
     */
    Passage enterInstall(long leaderTerm) {
        Passage passage = appends.enter();
        try {
            checkPresent(leaderTerm);
            return passage;
        } catch (SyncFailedException e) { // also where the present term cannot be read
            passage.close();
            throw e;
        }
    }

    private void checkPresent(long leaderTerm) {
        long term = Math.max(promised.term(), present().getTerm());
        if (leaderTerm < term) {
            throw new SyncFailedException(
                    "[" + groupId + "] a part of a snapshot from the leader of term " + leaderTerm
                            + " comes late: this peer is in term " + term,
                    null);
        }
    }

    /** Before an answer to a chunk of a snapshot leaves. */
    void beforeInstallReply() {
        if (install.isEmpty()) {
            return;
        }
        try {
            install.get().beforeReply();
        } catch (IOException e) {
            synchronized (this) {
                throw fail("an installed snapshot", e);
            }
        }
    }

    /** Compared by reference: Ratis keeps the very object that it wrote last, and replaces it at each write. */
    private RaftStorageMetadata present() {
        try {
            return storage.getMetadataFile().getMetadata();
        } catch (IOException e) {
            synchronized (this) {
                throw fail("the term and vote, which cannot be read,", e);
            }
        }
    }

    private static VoteRecord recordOf(RaftStorageMetadata metadata) {
        return new VoteRecord(metadata.getTerm(), metadata.getVotedFor().toString());
    }

    private SyncFailedException fail(String what, Exception cause) {
        if (failure == null) {
            failure = new SyncFailedException(
                    "[" + groupId + "] could not make " + what + " durable in " + current
                            + "; the message that relies on it is withheld. Close the division, check the disk, start again",
                    cause);
            log.error("{}", failure.getMessage(), cause);
            failures.syncFailed(groupId, failure);
        }
        return failure;
    }
}
