package io.quorate.statemachine.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.Query;
import io.quorate.statemachine.client.core.ReadAnswer;
import io.quorate.statemachine.client.core.ShardAction;
import io.quorate.statemachine.client.core.ShardCore;
import io.quorate.statemachine.client.core.ShardEvent;
import io.quorate.statemachine.client.core.WriterSettings;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.WriteConcern;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Given a state, when an event, then exactly these actions. */
class ShardCoreTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final String A = "127.0.0.1:9001";
    private static final String B = "127.0.0.1:9002";
    private static final List<Peer> PEERS = List.of(peer(1), peer(2));
    private static final WriterSettings SETTINGS =
            new WriterSettings(60_000, 100, 250 * MILLI, 2 * SECOND, 10 * MILLI, 250 * MILLI);

    private final ShardCore core = new ShardCore("orders", List.of(A, B), SETTINGS, new SplittableRandom(1));
    private long now = 5;

    /** Of the shard that the nodes serve now. */
    private UUID life = new UUID(0, 1);

    private static Peer peer(int n) {
        return new Peer(new PeerId(new NodeId("n" + n), new Incarnation(n)), "127.0.0.1:900" + n, Role.VOTER);
    }

    private List<ShardAction> step(ShardEvent event) {
        return core.step(now, event);
    }

    private Append append(String command) {
        return new Append(EntryKind.USER, Bytes.utf8(command), WriteConcern.MAJORITY, now + 10 * SECOND);
    }

    /** {@code self} says that {@code leader} leads in an epoch. */
    private List<ShardAction> located(int self, int leader, long epoch) {
        Peer answering = peer(self);
        return step(new ShardEvent.Located(
                answering.address(),
                new Location(
                        1,
                        Optional.of(answering.id()),
                        Optional.of(life),
                        Optional.of(peer(leader).id()),
                        epoch,
                        Lsn.ZERO,
                        PEERS)));
    }

    private List<Append> ready(String address) {
        List<Append> sent = new ArrayList<>();
        for (ShardAction action : step(new ShardEvent.Ready(address, 100, 100_000))) {
            sent.addAll(((ShardAction.Send) action).appends());
        }
        return sent;
    }

    private List<ShardAction> answered(String address, List<Append> appends, AppendOutcome outcome) {
        return step(new ShardEvent.AppendsAnswered(
                address, appends, Collections.nCopies(appends.size(), outcome), Optional.empty()));
    }

    private static Committed committed(long lsn) {
        return new Committed(new Lsn(lsn), ApplyResult.OK);
    }

    private static Rejected rejected(RejectReason reason) {
        return new Rejected(reason, "because");
    }

    /** The first node leads in epoch 1, and the session is 40. */
    private void openSession(Append... appends) {
        step(new ShardEvent.Submitted(List.of(appends)));
        located(1, 1, 1);
        List<Append> opening = ready(A);
        assertThat(opening).extracting(Append::kind).containsExactly(EntryKind.SESSION_OPEN);
        answered(A, opening, committed(40));
    }

    /** Ids of sessions are LSNs and repeat: in the shard of the same name that was created since, the writer is somebody else. */
    @Test
    void aSessionEndsWithTheLifeOfTheShardInWhichItWasOpened() {
        Append old = append("old");
        openSession(old);
        List<Append> sent = ready(A);
        assertThat(sent).containsExactly(old);
        assertThat(old.life()).isEqualTo(life);
        Append waiting = append("waiting");
        step(new ShardEvent.Submitted(List.of(waiting)));
        step(new ShardEvent.Lost(A, "cut", sent, List.of()));
        life = new UUID(0, 2);
        assertThat(located(1, 1, 1)).contains(new ShardAction.Finish(List.of(old)));
        assertThat(old.outcome()).isInstanceOf(Indeterminate.class);
        List<Append> opening = ready(A);
        assertThat(opening).extracting(Append::kind).containsExactly(EntryKind.SESSION_OPEN);
        assertThat(opening).extracting(Append::life).containsExactly(life);
        answered(A, opening, committed(40));
        assertThat(ready(A)).containsExactly(waiting);
        assertThat(waiting.life()).isEqualTo(life);
    }

    @Test
    void anAnswerToAnOpeningInAnotherLifeOpensNothing() {
        step(new ShardEvent.Submitted(List.of(append("x"))));
        located(1, 1, 1);
        List<Append> opening = ready(A);
        life = new UUID(0, 2);
        step(new ShardEvent.Lost(B, "cut", List.of(), List.of()));
        located(1, 1, 2);
        answered(A, opening, committed(40));
        assertThat(ready(A)).extracting(Append::kind).containsExactly(EntryKind.SESSION_OPEN);
    }

    /** It would wait until the old one is given up, seconds later. */
    @Test
    void whatTheNewLeaderRefusesIsSentThereAgainThoughTheOldOneHasNotAnswered() {
        Append x = append("x");
        openSession(x);
        assertThat(ready(A)).containsExactly(x);
        located(2, 2, 2);
        assertThat(ready(B)).containsExactly(x);
        answered(B, List.of(x), rejected(RejectReason.QUEUE_FULL));
        now += SECOND;
        assertThat(ready(B)).containsExactly(x);
        answered(B, List.of(x), committed(41));
        assertThat(x.outcome()).isEqualTo(committed(41));
    }

    /** Else its owner's thread would do nothing but wake for as long as there is no leader. */
    @Test
    void aPauseThatIsOverWakesNobodyAgain() {
        openSession(append("x"));
        answered(A, ready(A), rejected(RejectReason.UNAVAILABLE));
        for (int i = 0; i < 20; i++) {
            long at = core.wakeAtNanos(now);
            assertThat(at).as("wake %d", i).isGreaterThan(now);
            now = at;
            step(new ShardEvent.Tick());
        }
    }

    @Test
    void allSeedsAreAskedForTheLeaderBeforeAnythingIsSent() {
        assertThat(step(new ShardEvent.Submitted(List.of(append("x")))))
                .containsExactly(new ShardAction.Locate(A), new ShardAction.Locate(B));
        assertThat(core.wantsToSendTo(now)).isEmpty();
    }

    @Test
    void onlyANodeThatSaysItLeadsIsTakenForTheLeader() {
        step(new ShardEvent.Submitted(List.of(append("x"))));
        located(2, 1, 1);
        assertThat(core.leader()).isEmpty();
        located(1, 1, 1);
        assertThat(core.leader()).contains(A);
        assertThat(core.wantsToSendTo(now)).containsExactly(A);
    }

    @Test
    void theWriterIsTheLsnOfTheRecordThatOpenedItsSession() {
        openSession(append("x"), append("y"));
        List<LogRecord> records = ready(A).stream().map(Append::record).toList();
        assertThat(records).extracting(LogRecord::writer).containsOnly(40L);
        assertThat(records).extracting(LogRecord::sequence).containsExactly(1L, 2L);
    }

    @Test
    void lowWaterFollowsTheOldestUnansweredAppend() {
        openSession(append("a"), append("b"), append("c"));
        List<Append> sent = ready(A);
        answered(A, sent.subList(1, 2), committed(42));
        step(new ShardEvent.Submitted(List.of(append("d"))));
        assertThat(ready(A)).extracting(a -> a.record().lowWater()).containsExactly(0L);
        answered(A, sent.subList(0, 1), committed(41));
        step(new ShardEvent.Submitted(List.of(append("e"))));
        assertThat(ready(A)).extracting(a -> a.record().lowWater()).containsExactly(2L);
    }

    @Test
    void whatALostConnectionOwesIsSentAgainWithTheSameBytesBeforeWhatIsNew() {
        openSession(append("a"), append("b"));
        List<Append> sent = ready(A);
        List<LogRecord> before = sent.stream().map(Append::record).toList();
        step(new ShardEvent.Submitted(List.of(append("c"))));
        step(new ShardEvent.Lost(A, "cut", List.of(sent.get(1), sent.get(0)), List.of()));
        located(2, 2, 2);
        List<Append> again = ready(B);
        assertThat(again.subList(0, 2).stream().map(Append::record)).isEqualTo(before);
        assertThat(again).hasSize(3);
    }

    @Test
    void anAppendThatWasRefusedByEveryAttemptEndsAsRejectedWithTheLastReason() {
        openSession(append("a"));
        answered(A, ready(A), rejected(RejectReason.QUEUE_FULL));
        now += 10 * SECOND;
        List<ShardAction> actions = step(new ShardEvent.Tick());
        assertThat(outcomes(actions)).singleElement().isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.reason())
                .isEqualTo(RejectReason.QUEUE_FULL));
    }

    @Test
    void anAppendWithAnAttemptOfUnknownFateEndsAsIndeterminateWhateverTheLastAnswerWas() {
        openSession(append("a"));
        List<Append> sent = ready(A);
        step(new ShardEvent.Lost(A, "cut", sent, List.of()));
        located(2, 2, 2);
        List<ShardAction> actions = answered(B, ready(B), rejected(RejectReason.TOO_LARGE));
        assertThat(outcomes(actions)).singleElement().isInstanceOf(Indeterminate.class);
    }

    @Test
    void afterAnExpiryOnlyWhatCertainlyWasNotAppliedEntersANewSession() {
        openSession(append("lost"), append("sure"));
        List<Append> sent = ready(A);
        step(new ShardEvent.Lost(A, "cut", sent.subList(0, 1), List.of()));
        located(1, 1, 1);
        List<ShardAction> actions = new ArrayList<>(answered(A, ready(A), rejected(RejectReason.SESSION_EXPIRED)));
        actions.addAll(answered(A, sent.subList(1, 2), rejected(RejectReason.SESSION_EXPIRED)));
        assertThat(outcomes(actions)).singleElement().isInstanceOf(Indeterminate.class);
        answered(A, ready(A), committed(90));
        assertThat(ready(A)).singleElement().satisfies(append -> {
            assertThat(append.record().payload()).isEqualTo(Bytes.utf8("sure"));
            assertThat(append.record().writer()).isEqualTo(90);
        });
    }

    @Test
    void aFullWindowIsSentAgainThoughAnEarlierAppendCameBackFromAnExpiredSession() {
        openSession(append("late"), append("sure"));
        List<Append> sent = ready(A);
        located(2, 2, 2);
        answered(A, sent.subList(1, 2), rejected(RejectReason.SESSION_EXPIRED));
        answered(B, ready(B), committed(90));
        List<Append> more = new ArrayList<>();
        for (int i = 1; i < SETTINGS.window(); i++) {
            more.add(append("c" + i));
        }
        step(new ShardEvent.Submitted(more));
        List<Append> full = ready(B);
        assertThat(full).as("the window").hasSize(SETTINGS.window());
        step(new ShardEvent.Lost(B, "cut", full, List.of()));
        located(1, 1, 3);
        answered(A, sent.subList(0, 1), rejected(RejectReason.SESSION_EXPIRED));
        assertThat(ready(A)).containsExactlyElementsOf(full);
        answered(A, full, committed(100));
        assertThat(ready(A)).containsExactly(sent.get(0));
    }

    @Test
    void anAppendThatDoesNotFitIntoAMessageIsNotOvertakenByASmallerOne() {
        openSession(append("small"), append("l".repeat(60_000)), append("l".repeat(60_000)), append("behind"));
        assertThat(ready(A)).hasSize(2);
        assertThat(ready(A)).hasSize(2);
    }

    @Test
    void aSilentLeaderIsDoubtedAndANewOneGetsEverythingThatIsUnanswered() {
        openSession(append("a"), append("b"));
        located(2, 1, 1);
        ready(A);
        now = core.wakeAtNanos(now);
        assertThat(step(new ShardEvent.Tick())).contains(new ShardAction.Locate(A), new ShardAction.Locate(B));
        located(2, 2, 2);
        assertThat(ready(B)).extracting(a -> a.record().sequence()).containsExactly(1L, 2L);
    }

    @Test
    void aLeaderOfALowerEpochDoesNotTakeOver() {
        openSession(append("a"));
        located(2, 2, 3);
        located(1, 1, 1);
        assertThat(core.leader()).contains(B);
    }

    @Test
    void theWindowHoldsNewAppendsBackUntilTheOldestIsAnswered() {
        List<Append> many = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            many.add(append("c" + i));
        }
        openSession(many.toArray(new Append[0]));
        List<Append> sent = ready(A);
        assertThat(sent).hasSize(100);
        answered(A, sent.subList(1, 100), committed(50));
        assertThat(core.wantsToSendTo(now)).isEmpty();
        answered(A, sent.subList(0, 1), committed(41));
        assertThat(ready(A)).hasSize(50);
    }

    @Test
    void anIdleSessionIsTouchedAndTheCallerHearsNothingOfIt() {
        openSession(append("a"));
        answered(A, ready(A), committed(41));
        now += 20 * SECOND;
        step(new ShardEvent.Tick());
        List<Append> touch = ready(A);
        assertThat(touch).extracting(Append::kind).containsExactly(EntryKind.SESSION_TOUCH);
        assertThat(answered(A, touch, committed(42))).isEmpty();
    }

    @Test
    void aShardThatNobodyServesIsWaitedForAndThenRejected() {
        step(new ShardEvent.Submitted(List.of(append("x"))));
        for (String address : List.of(A, B)) {
            assertThat(step(new ShardEvent.Located(
                            address,
                            new Location(
                                    1, Optional.empty(), Optional.empty(), Optional.empty(), 0, Lsn.ZERO, List.of()))))
                    .isEmpty();
        }
        now += 3 * SECOND;
        assertThat(outcomes(step(new ShardEvent.Tick())))
                .singleElement()
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.reason()).isEqualTo(RejectReason.UNKNOWN_SHARD));
    }

    @Test
    void anotherClusterIsRejectedAsSoonAsAllNodesSaidSo() {
        step(new ShardEvent.Submitted(List.of(append("x"))));
        assertThat(step(new ShardEvent.LocateRefused(A, rejected(RejectReason.WRONG_IDENTITY))))
                .isEmpty();
        assertThat(outcomes(step(new ShardEvent.LocateRefused(B, rejected(RejectReason.WRONG_IDENTITY)))))
                .singleElement()
                .isInstanceOfSatisfying(
                        Rejected.class, r -> assertThat(r.reason()).isEqualTo(RejectReason.WRONG_IDENTITY));
    }

    @Test
    void closingRejectsWhatWasNotSentLeavesTheRestIndeterminateAndEndsTheSession() {
        openSession(append("sent"));
        ready(A);
        step(new ShardEvent.Submitted(List.of(append("waiting"))));
        List<ShardAction> actions = step(new ShardEvent.Closed());
        assertThat(outcomes(actions))
                .hasSize(2)
                .anyMatch(Rejected.class::isInstance)
                .anyMatch(Indeterminate.class::isInstance);
        assertThat(actions)
                .anyMatch(action -> action instanceof ShardAction.Send send
                        && send.appends().get(0).kind() == EntryKind.SESSION_CLOSE);
    }

    @Test
    void aReadIsAskedAgainElsewhereWhenItsReplicaIsLost() {
        located(1, 1, 1);
        Query query = new Query(
                Bytes.utf8("q"), ReadConsistency.EVENTUAL, ReadPreference.SECONDARY_PREFERRED, now + 10 * SECOND);
        assertThat(step(new ShardEvent.Asked(List.of(query)))).containsExactly(new ShardAction.Connect(B));
        assertThat(step(new ShardEvent.Ready(B, 10, 1000))).containsExactly(new ShardAction.Ask(B, List.of(query)));
        assertThat(step(new ShardEvent.Lost(B, "cut", List.of(), List.of(query))))
                .containsExactly(new ShardAction.Connect(A));
        step(new ShardEvent.Ready(A, 10, 1000));
        ReadAnswer found = new ReadAnswer.Found(new QueryResult(new Lsn(3), Bytes.EMPTY));
        assertThat(step(new ShardEvent.QueriesAnswered(A, List.of(query), List.of(found), Optional.empty())))
                .containsExactly(new ShardAction.FinishReads(List.of(query)));
        assertThat(query.answer()).isEqualTo(found);
    }

    private static List<AppendOutcome> outcomes(List<ShardAction> actions) {
        return actions.stream()
                .filter(ShardAction.Finish.class::isInstance)
                .flatMap(action -> ((ShardAction.Finish) action).appends().stream())
                .map(Append::outcome)
                .toList();
    }
}
