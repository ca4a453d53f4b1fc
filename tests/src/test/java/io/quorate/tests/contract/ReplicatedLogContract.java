package io.quorate.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.Ordering;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.ReplicatedLog;
import io.quorate.wal.log.SliceLimits;
import io.quorate.wal.log.WriteConcern;
import io.quorate.wal.log.WriterId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What a {@link ReplicatedLog} of total order promises, whatever replicates it. The tests share the logs that {@link #replicas}
 * hands out, so each looks at differences only.
 */
public abstract class ReplicatedLogContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);

    /** All replicas of one shard, at least three, running; one of them leads or soon will. */
    protected abstract List<ReplicatedLog> replicas();

    /** The replica of these that takes appends now; waits for one. */
    protected abstract ReplicatedLog leader();

    /** A log that no test shares, on its own, which takes appends: it will be closed. */
    protected abstract ReplicatedLog closeable();

    /** The same log once it was closed and opened again on its node, from what that one has on disk; takes appends. */
    protected abstract ReplicatedLog reopened(ReplicatedLog closeable);

    /** A peer that serves the shard of a log, empty and without a vote, until it is added; it may be asked for once a log. */
    protected abstract Peer newcomer(ReplicatedLog closeable);

    /** A log of three voters that no test shares and that leads, of which the other two are gone for good: it commits nothing. */
    protected abstract ReplicatedLog leaderOfNobody();

    /** Bytes of payload that are more than one record may have. */
    protected abstract int tooLarge();

    private ReplicatedLog follower() {
        return replicas().stream()
                .filter(log -> !log.status().leads())
                .findFirst()
                .orElseThrow();
    }

    private static LogRecord record(String text) {
        return LogRecord.sessionless(EntryKind.USER, Bytes.utf8(text));
    }

    private CompletableFuture<AppendOutcome> append(LogRecord record) {
        return leader().append(record, WriteConcern.MAJORITY, TIMEOUT);
    }

    private Lsn commit(LogRecord record) {
        AppendOutcome outcome = append(record).join();
        assertThat(outcome).isInstanceOf(Committed.class);
        return ((Committed) outcome).lsn();
    }

    private static void assertRejected(AppendOutcome outcome, RejectReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(reason);
            assertThat(rejected.message()).isNotBlank();
        });
    }

    private static Throwable failure(CompletableFuture<?> future) {
        return future.handle((value, failure) -> {
                    Throwable cause = failure;
                    while (cause instanceof CompletionException) {
                        cause = cause.getCause();
                    }
                    return cause;
                })
                .join();
    }

    @Test
    void ordersTotally() {
        assertThat(replicas()).extracting(ReplicatedLog::ordering).containsOnly(Ordering.TOTAL);
    }

    @Test
    void givesDenseLsnsInTheOrderOfAppending() {
        ReplicatedLog leader = leader();
        List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
        Lsn before = commit(record("first"));
        for (int i = 0; i < 100; i++) {
            outcomes.add(leader.append(record("entry " + i), WriteConcern.MAJORITY, TIMEOUT));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(outcomes.get(i).join())
                    .isInstanceOfSatisfying(Committed.class, committed -> assertThat(committed.missing())
                            .isEmpty());
            assertThat(((Committed) outcomes.get(i).join()).lsn().value()).isEqualTo(before.value() + 1 + i);
        }
    }

    @Test
    void appliesARetryOnceAndAnswersItTheSame() {
        WriterId writer = new WriterId(
                commit(LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(60_000)))
                        .value());
        LogRecord record = LogRecord.of(EntryKind.USER, writer, 1, 0, Bytes.utf8("once"));
        AppendOutcome first = append(record).join();
        assertThat(append(record).join()).isEqualTo(first).isInstanceOf(Committed.class);
        assertThat(commit(record("behind")).value())
                .isEqualTo(((Committed) first).lsn().value() + 1);
    }

    @Test
    void refusesTheRecordOfASessionThatIsNotOpen() {
        assertRejected(
                append(LogRecord.of(EntryKind.USER, new WriterId(Long.MAX_VALUE), 1, 0, Bytes.utf8("stray")))
                        .join(),
                RejectReason.SESSION_EXPIRED);
    }

    @Test
    void meetsEveryConcernWhileAllVotersAreUp() {
        for (WriteConcern concern : List.of(WriteConcern.ALL, WriteConcern.quorum(1), WriteConcern.quorum(2))) {
            AppendOutcome outcome =
                    leader().append(record("concern"), concern, TIMEOUT).join();
            assertThat(outcome).as(concern.toString()).isInstanceOfSatisfying(Committed.class, committed -> assertThat(
                            committed.missing())
                    .isEmpty());
        }
        assertThat(leader().append(record("one"), WriteConcern.ONE, TIMEOUT).join())
                .isInstanceOfAny(Committed.class, AppendOutcome.LeaderDurable.class);
    }

    @Test
    void aLinearizableBarrierOnEveryReplicaCoversWhatWasAcknowledgedBefore() {
        for (int i = 0; i < 3; i++) {
            Lsn lsn = commit(record("read me"));
            for (ReplicatedLog replica : replicas()) {
                assertThat(replica.readBarrier(ReadConsistency.LINEARIZABLE, TIMEOUT)
                                .join())
                        .isGreaterThanOrEqualTo(lsn);
                assertThat(replica.readBarrier(new ReadConsistency.Session(lsn), TIMEOUT)
                                .join())
                        .isGreaterThanOrEqualTo(lsn);
            }
        }
    }

    @Test
    void aBarrierThatCannotBeHadFailsByItsTimeout() {
        Lsn ahead = new Lsn(Long.MAX_VALUE);
        assertThat(failure(leader().readBarrier(new ReadConsistency.Session(ahead), SHORT)))
                .isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void aReplicaThatDoesNotLeadRefusesAppendsAndChangesOfMembers() {
        leader();
        ReplicatedLog follower = follower();
        assertRejected(
                follower.append(record("astray"), WriteConcern.MAJORITY, TIMEOUT)
                        .join(),
                RejectReason.NOT_LEADER);
        assertThat(failure(follower.membership().remove(follower.status().self(), TIMEOUT)))
                .isInstanceOf(MembershipException.class);
    }

    @Test
    void refusesWhatIsTooLarge() {
        LogRecord large = LogRecord.sessionless(EntryKind.USER, Bytes.wrap(new byte[tooLarge()]));
        assertRejected(append(large).join(), RejectReason.TOO_LARGE);
    }

    @Test
    void everyReplicaKnowsTheSameLeaderAndMembers() {
        leader();
        commit(record("known"));
        replicas().forEach(replica -> replica.readBarrier(ReadConsistency.LINEARIZABLE, TIMEOUT)
                .join());
        assertThat(replicas().stream().map(replica -> replica.status().leader()).collect(Collectors.toSet()))
                .hasSize(1);
        assertThat(replicas().stream()
                        .map(replica -> Set.copyOf(replica.status().peers()))
                        .collect(Collectors.toSet()))
                .hasSize(1);
        assertThat(replicas()).allMatch(replica -> replica.status().health().isEmpty());
    }

    @Test
    void refusesAMemberThatHoldsNoData() {
        Peer witness = new Peer(new PeerId(new NodeId("witness"), new Incarnation(1)), "127.0.0.1:9", Role.WITNESS);
        assertThat(failure(leader().membership().put(witness, TIMEOUT)))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("WITNESS");
    }

    @Test
    void handsLeadershipToAVoterAndToNobodyElse() {
        ReplicatedLog leader = leader();
        ReplicatedLog follower = follower();
        leader.membership()
                .transferLeadership(follower.status().self(), TIMEOUT)
                .join();
        assertThat(follower.status().leads()).isTrue();
        PeerId nobody = new PeerId(new NodeId("nobody"), new Incarnation(1));
        assertThat(failure(follower.membership().transferLeadership(nobody, TIMEOUT)))
                .isInstanceOf(MembershipException.class);
        commit(record("led by another"));
    }

    private static List<String> texts(LogSlice slice) {
        return slice.entries().stream().map(entry -> entry.payload().utf8()).toList();
    }

    /** Where there is something to read: it is answered at once. */
    private static LogSlice tail(ReplicatedLog log, Lsn from, SliceLimits limits) {
        return log.tail(from, limits, TIMEOUT).join();
    }

    @Test
    void readsBackByLsnWhatWasAppliedTheSameOnEveryReplicaAndHidesItsOwn() {
        Lsn first = commit(record("tail first"));
        WriterId writer = new WriterId(
                commit(LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(60_000)))
                        .value());
        LogRecord retried = LogRecord.of(EntryKind.USER, writer, 1, 0, Bytes.utf8("tail retried"));
        commit(retried);
        commit(retried);
        Lsn last = commit(record("tail last"));
        Set<LogSlice> slices = new HashSet<>();
        for (ReplicatedLog replica : replicas()) {
            replica.readBarrier(new ReadConsistency.Session(last), TIMEOUT).join();
            slices.add(tail(replica, first, SliceLimits.DEFAULT));
        }
        assertThat(slices).hasSize(1);
        LogSlice slice = slices.iterator().next();
        assertThat(texts(slice)).containsExactly("tail first", "tail retried", "tail last");
        assertThat(slice.entries())
                .extracting(entry -> entry.lsn().value())
                .containsExactly(first.value(), first.value() + 2, last.value());
        assertThat(slice.next()).isEqualTo(last.next());
    }

    @Test
    void aSliceIsBoundedAndSaysWhereToGoOn() {
        Lsn first = commit(record("slice 1"));
        commit(record("slice 2"));
        Lsn last = commit(record("slice 3"));
        LogSlice two = tail(leader(), first, new SliceLimits(2, 1 << 20));
        assertThat(texts(two)).containsExactly("slice 1", "slice 2");
        assertThat(two.next()).isEqualTo(last);
        LogSlice small = tail(leader(), first.next(), new SliceLimits(10, 1));
        assertThat(texts(small)).as("one, however large").containsExactly("slice 2");
        assertThat(small.next()).isEqualTo(last);
        assertThat(texts(tail(leader(), small.next(), SliceLimits.DEFAULT))).containsExactly("slice 3");
    }

    @Test
    void waitsForTheNextEntryAndAnswersWithNoneInTheEnd() {
        Lsn next = commit(record("before the awaited one")).next();
        LogSlice none = leader().tail(next, SliceLimits.DEFAULT, SHORT).join();
        assertThat(none).isEqualTo(new LogSlice(List.of(), next));
        CompletableFuture<LogSlice> awaited = leader().tail(next, SliceLimits.DEFAULT, TIMEOUT);
        commit(LogRecord.sessionless(EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(60_000)));
        Lsn lsn = commit(record("awaited"));
        assertThat(awaited.join().entries()).singleElement().satisfies(entry -> {
            assertThat(entry.lsn()).isEqualTo(lsn);
            assertThat(entry.payload().utf8()).isEqualTo("awaited");
        });
        assertThatIllegalArgumentException().isThrownBy(() -> leader().tail(Lsn.ZERO, SliceLimits.DEFAULT, SHORT));
    }

    @Test
    void boundedAndEventualBarriersKeepTheirPromisesOnEveryReplica() {
        ReadConsistency now = new ReadConsistency.BoundedStaleness(Duration.ZERO);
        ReadConsistency hour = new ReadConsistency.BoundedStaleness(Duration.ofHours(1));
        for (ReplicatedLog replica : replicas()) {
            Lsn seen = Lsn.ZERO;
            for (int i = 0; i < 3; i++) {
                Lsn lsn = commit(record("bounded"));
                Lsn fresh = replica.readBarrier(now, TIMEOUT).join();
                assertThat(fresh).as("all that was acknowledged before").isGreaterThanOrEqualTo(lsn);
                Lsn bounded = replica.readBarrier(hour, TIMEOUT).join();
                Lsn any = replica.readBarrier(ReadConsistency.EVENTUAL, TIMEOUT).join();
                assertThat(List.of(seen, fresh, bounded, any)).isSorted();
                seen = any;
            }
        }
    }

    @Test
    void anAppendWithoutTimeIsCommittedOrNotAndTheAnswerIsTrue() {
        Lsn before = commit(record("before those without time"));
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            outcomes.add(leader().append(record("hasty " + i), WriteConcern.MAJORITY, Duration.ofNanos(1 + 20_000L * i))
                    .join());
        }
        commit(record("behind those without time"));
        List<String> there = texts(tail(leader(), before.next(), SliceLimits.DEFAULT));
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Rejected) {
                assertRejected(outcomes.get(i), RejectReason.DEADLINE);
                assertThat(there).doesNotContain("hasty " + i);
            } else if (outcomes.get(i) instanceof Committed) {
                assertThat(there).contains("hasty " + i);
            }
        }
        assertRejected(outcomes.get(0), RejectReason.DEADLINE);
    }

    @Test
    void whatALeaderOfNobodyTookIsUndecidedByItsDeadlineAndItServesOldReadsOnly() {
        ReplicatedLog alone = leaderOfNobody();
        assertThat(alone.append(record("heard by nobody"), WriteConcern.MAJORITY, SHORT)
                        .join())
                .isInstanceOf(AppendOutcome.Indeterminate.class);
        assertThat(failure(alone.readBarrier(ReadConsistency.LINEARIZABLE, SHORT)))
                .isInstanceOf(ReadUnavailableException.class);
        assertThat(alone.readBarrier(ReadConsistency.EVENTUAL, SHORT).join())
                .isEqualTo(alone.status().applied());
    }

    @Test
    void addsAndRemovesMembersAndEveryCallMayBeRepeated() {
        ReplicatedLog log = closeable();
        Peer founder = log.status().peers().get(0);
        Peer newcomer = newcomer(log);
        for (int i = 0; i < 2; i++) {
            log.membership().put(newcomer, TIMEOUT).join();
            assertThat(log.status().peers()).containsExactlyInAnyOrder(founder, newcomer);
        }
        assertThat(log.append(record("by two"), WriteConcern.ALL, TIMEOUT).join())
                .isInstanceOfSatisfying(
                        Committed.class, all -> assertThat(all.missing()).isEmpty());
        for (int i = 0; i < 2; i++) {
            log.membership().remove(newcomer.id(), TIMEOUT).join();
            assertThat(log.status().peers()).containsExactly(founder);
        }
        assertThat(failure(log.membership().remove(founder.id(), TIMEOUT))).isInstanceOf(MembershipException.class);
        assertThat(log.append(record("by one"), WriteConcern.MAJORITY, TIMEOUT).join())
                .isInstanceOf(Committed.class);
    }

    @Test
    void keepsEverythingOverARestartAndGoesOnBehindIt() {
        ReplicatedLog log = closeable();
        List<Lsn> lsns = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            lsns.add(((Committed) log.append(record("kept " + i), WriteConcern.MAJORITY, TIMEOUT)
                            .join())
                    .lsn());
        }
        ReplicatedLog again = reopened(log);
        AppendOutcome next =
                again.append(record("kept 5"), WriteConcern.MAJORITY, TIMEOUT).join();
        lsns.add(((Committed) next).lsn());
        LogSlice slice = tail(again, lsns.get(0), SliceLimits.DEFAULT);
        assertThat(texts(slice)).containsExactly("kept 0", "kept 1", "kept 2", "kept 3", "kept 4", "kept 5");
        assertThat(slice.entries()).extracting(LogEntry::lsn).isEqualTo(lsns);
    }

    @Test
    void answersEverythingAfterItWasClosed() {
        ReplicatedLog log = closeable();
        assertThat(log.append(record("last"), WriteConcern.MAJORITY, TIMEOUT).join())
                .isInstanceOf(Committed.class);
        log.close();
        assertThat(log.append(record("too late"), WriteConcern.MAJORITY, SHORT).join())
                .isInstanceOf(Rejected.class);
    }
}
