package io.quorate.wal.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.RejectReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class BatchSequencerPropertyTest {
    private static final Set<RejectReason> FORGOTTEN =
            Set.of(RejectReason.SESSION_EXPIRED, RejectReason.ALREADY_ACKNOWLEDGED);
    private static final List<RejectReason> REFUSALS = List.of(
            RejectReason.SESSION_EXPIRED,
            RejectReason.ALREADY_ACKNOWLEDGED,
            RejectReason.SESSION_FULL,
            RejectReason.TOO_MANY_SESSIONS);

    private record Attempt(long writer, long sequence) {}

    @Provide
    Arbitrary<List<Scenario.Step>> steps() {
        return Scenario.steps();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void answersAsTheNaiveModelDoes(@ForAll("steps") List<Scenario.Step> steps) {
        NaiveReplica model = new NaiveReplica(Scenario.LIMITS);
        Replica replica = new Replica(Scenario.LIMITS);
        for (Scenario.Step step : steps) {
            EntryBatch batch = step.resolve(model.opened, model.now);
            long before = model.applied;
            List<AppendOutcome> expected = withoutMessages(model.apply(batch, Scenario::answer));
            assertThat(withoutMessages(replica.apply(batch))).isEqualTo(expected);
            assertThat(replica.applied().value()).isEqualTo(model.applied);
            expected.forEach(outcome -> count(outcome, before));
        }
        Statistics.label("outcome").coverage(c -> c.check("answered again").count(n -> n > 500));
        // Every way that a record can end must occur often enough to mean something.
        for (RejectReason reason : REFUSALS) {
            Statistics.label("outcome").coverage(c -> c.check(reason).count(n -> n > 100));
        }
    }

    private static void count(AppendOutcome outcome, long appliedBefore) {
        Object what = outcome instanceof Rejected r ? r.reason() : "new";
        boolean again = outcome instanceof Committed c && c.lsn().value() <= appliedBefore;
        Statistics.label("outcome").collect(again ? "answered again" : what);
    }

    /**
     * A standby sees entries only, not the retries that were answered from memory, nor time that passed without an entry. It may
     * say too early that a session has expired, and never anything else that is wrong.
     */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void aReplicaFedWithEntriesNeverAppliesARetry(@ForAll("steps") List<Scenario.Step> steps) {
        NaiveReplica model = new NaiveReplica(Scenario.LIMITS);
        WriterSessions sessions = new WriterSessions(Scenario.LIMITS);
        BatchSequencer standby = new BatchSequencer(sessions, Lsn.ZERO, 0);
        Map<LogRecord, Committed> answers = new LinkedHashMap<>();
        for (Scenario.Step step : steps) {
            EntryBatch batch = step.resolve(model.opened, model.now);
            List<AppendOutcome> outcomes = model.apply(batch, Scenario::answer);
            for (int i = 0; i < outcomes.size(); i++) {
                LogRecord record = batch.records().get(i);
                if (outcomes.get(i) instanceof Committed c && c.lsn().compareTo(standby.applied()) > 0) {
                    assertThat(standby.replay(new LogEntry(c.lsn(), 1, model.now, record), Scenario::answer))
                            .isEqualTo(c.result());
                    answers.put(record, c);
                }
            }
        }
        assertThat(standby.applied().value()).isEqualTo(model.applied);
        answers.forEach((record, answer) -> {
            if (record.writer() != 0) {
                AppendOutcome again =
                        sessions.admit(record, standby.clusterTimeMillis()).orElseThrow();
                boolean safe = again.equals(answer) || again instanceof Rejected r && FORGOTTEN.contains(r.reason());
                assertThat(safe).as("retry of %s: %s", record, again).isTrue();
            }
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void storingAndLoadingAtAnyPointChangesNothing(@ForAll("steps") List<Scenario.Step> steps, @ForAll Random random) {
        Replica steady = new Replica(Scenario.LIMITS);
        Replica restarting = new Replica(Scenario.LIMITS);
        for (EntryBatch batch : resolve(steps)) {
            assertThat(restarting.apply(batch)).isEqualTo(steady.apply(batch));
            if (random.nextInt(3) == 0) {
                restarting.commit();
                restarting.reopen();
            }
        }
        steady.commit();
        restarting.commit();
        assertThat(restarting.stored()).isEqualTo(steady.stored());
        assertThat(restarting.entries).isEqualTo(steady.entries);
        assertThat(restarting.openSessions()).isEqualTo(steady.openSessions());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void replicasThatCommitAndCrashAtDifferentPointsAgree(
            @ForAll("steps") List<Scenario.Step> steps, @ForAll Random random) {
        List<EntryBatch> log = resolve(steps);
        Replica steady = new Replica(Scenario.LIMITS);
        List<List<AppendOutcome>> expected = new ArrayList<>();
        log.forEach(batch -> expected.add(steady.apply(batch)));
        steady.commit();

        Replica crashing = new Replica(Scenario.LIMITS);
        int committed = 0;
        for (int at = 0; at < log.size(); at++) {
            assertThat(crashing.apply(log.get(at))).isEqualTo(expected.get(at));
            int event = random.nextInt(6);
            if (event <= 1) {
                crashing.commit();
                committed = at + 1;
            } else if (event == 2) {
                crashing.reopen();
                at = committed - 1;
            }
        }
        crashing.commit();
        assertThat(crashing.stored()).isEqualTo(steady.stored());
        assertThat(crashing.applied()).isEqualTo(steady.applied());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void everySequenceOfASessionIsAppliedAtMostOnceAndKeepsItsAnswer(@ForAll("steps") List<Scenario.Step> steps) {
        Replica replica = new Replica(Scenario.LIMITS);
        Map<Attempt, Committed> answers = new HashMap<>();
        long lastLsn = 0;
        for (EntryBatch batch : resolve(steps)) {
            List<AppendOutcome> outcomes = replica.apply(batch);
            for (int i = 0; i < outcomes.size(); i++) {
                LogRecord record = batch.records().get(i);
                if (outcomes.get(i) instanceof Committed committed) {
                    Committed before = record.writer() == 0
                            ? null
                            : answers.putIfAbsent(new Attempt(record.writer(), record.sequence()), committed);
                    if (before == null) {
                        lastLsn++;
                        assertThat(committed.lsn().value()).as("dense").isEqualTo(lastLsn);
                    } else {
                        assertThat(committed).isEqualTo(before);
                    }
                }
            }
            assertThat(replica.applied().value()).isEqualTo(lastLsn);
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anEndedSessionNeverComesBack(@ForAll("steps") List<Scenario.Step> steps) {
        Replica replica = new Replica(Scenario.LIMITS);
        Map<Long, Boolean> ended = new HashMap<>();
        for (EntryBatch batch : resolve(steps)) {
            List<AppendOutcome> outcomes = replica.apply(batch);
            for (int i = 0; i < outcomes.size(); i++) {
                long writer = batch.records().get(i).writer();
                boolean expired = outcomes.get(i) instanceof Rejected r && r.reason() == RejectReason.SESSION_EXPIRED;
                assertThat(ended.containsKey(writer) && !expired).isFalse();
                if (expired) {
                    ended.put(writer, true);
                }
            }
        }
    }

    /** The log that the writers' intents come to. */
    private static List<EntryBatch> resolve(List<Scenario.Step> steps) {
        NaiveReplica model = new NaiveReplica(Scenario.LIMITS);
        List<EntryBatch> log = new ArrayList<>();
        for (Scenario.Step step : steps) {
            EntryBatch batch = step.resolve(model.opened, model.now);
            model.apply(batch, Scenario::answer);
            log.add(batch);
        }
        return log;
    }

    private static List<AppendOutcome> withoutMessages(List<AppendOutcome> outcomes) {
        return outcomes.stream().map(BatchSequencerPropertyTest::withoutMessage).toList();
    }

    private static AppendOutcome withoutMessage(AppendOutcome outcome) {
        return outcome instanceof Rejected r ? new Rejected(r.reason(), "") : outcome;
    }
}
