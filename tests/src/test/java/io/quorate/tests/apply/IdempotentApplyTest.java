package io.quorate.tests.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.replica.ReplicaStateMachine;
import io.quorate.statemachine.replica.StoreEntryApplier;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.tests.kit.MemoryStateStores;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Any prefix replayed any number of times, any batching, a crash between any two steps of the store: the same digest, the same LSN, the
 * same answers and sessions.
 */
class IdempotentApplyTest {
    private static final SessionLimits LIMITS = new SessionLimits(4, 8, 2_000, 6_000, 80);
    private static final int LOG_LENGTH = 30;

    private enum What {
        APPLY,
        REPLAY,
        COMMIT,
        BEGIN_CHECKPOINT,
        FINISH_CHECKPOINT,
        CRASH
    }

    /** @param size how much of it: items applied, or how far back a replay begins */
    private record Step(What what, int size) {}

    /** What an undisturbed replica came to. */
    private record Reference(
            CommittedLog log,
            List<List<AppendOutcome>> outcomes,
            List<LogEntry> entries,
            StateDigest digest,
            Map<Bytes, Bytes> sessions) {
        static Reference of(long seed) {
            CommittedLog log = new CommittedLog(seed, LOG_LENGTH);
            List<List<AppendOutcome>> outcomes = new ArrayList<>();
            List<LogEntry> entries = new ArrayList<>();
            try (StoreLife life = new StoreLife(new MemoryStateStores(), Path.of("reference"))) {
                ReplicaStateMachine replica = new ReplicaStateMachine(life.store(), new KvApplication(), LIMITS);
                for (int index = 0; index < LOG_LENGTH; index++) {
                    outcomes.add(apply(replica, log, index));
                    replica.commit();
                    log.items().get(index).ifPresent(batch -> collect(batch, outcomes, entries, replica));
                }
                return new Reference(log, outcomes, entries, life.digest(), life.sessions());
            }
        }

        private static void collect(
                EntryBatch batch,
                List<List<AppendOutcome>> outcomes,
                List<LogEntry> entries,
                ReplicaStateMachine replica) {
            int index = outcomes.size() - 1;
            for (int i = 0; i < batch.records().size(); i++) {
                boolean isNew = outcomes.get(index).get(i) instanceof Committed c
                        && c.lsn().value() == entries.size() + 1;
                if (isNew) {
                    Lsn lsn = new Lsn(entries.size() + 1L);
                    long time = replica.position().clusterTimeMillis();
                    entries.add(new LogEntry(
                            lsn, CommittedLog.term(index), time, batch.records().get(i)));
                }
            }
        }
    }

    private static List<AppendOutcome> apply(ReplicaStateMachine replica, CommittedLog log, int index) {
        Optional<EntryBatch> batch = log.items().get(index);
        if (batch.isPresent()) {
            return replica.apply(CommittedLog.term(index), index, batch.get());
        }
        replica.skip(CommittedLog.term(index), index);
        return List.of();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<What> what = Arbitraries.frequency(
                Tuple.of(8, What.APPLY),
                Tuple.of(4, What.REPLAY),
                Tuple.of(6, What.COMMIT),
                Tuple.of(3, What.BEGIN_CHECKPOINT),
                Tuple.of(3, What.FINISH_CHECKPOINT),
                Tuple.of(2, What.CRASH));
        return Combinators.combine(what, Arbitraries.integers().between(1, 12))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void aReplicaComesToTheSameState(@ForAll long seed, @ForAll("steps") List<Step> steps) {
        checkReplica(Reference.of(seed), steps, new MemoryStateStores(), Path.of("memory"));
    }

    @Property(tries = 600, edgeCases = EdgeCasesMode.NONE)
    void anApplierOfEntriesComesToTheSameState(@ForAll long seed, @ForAll("steps") List<Step> steps) {
        checkApplier(Reference.of(seed), steps, new MemoryStateStores(), Path.of("memory"));
    }

    @Property(tries = 20, edgeCases = EdgeCasesMode.NONE)
    void bothComeToTheSameStateOnRocksDb(@ForAll long seed, @ForAll("steps") List<Step> steps) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("target"), "idempotent-");
        Reference reference = Reference.of(seed);
        try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.local())) {
            checkReplica(reference, steps, stores, directory.resolve("replica"));
            checkApplier(reference, steps, stores, directory.resolve("applier"));
        }
    }

    /** Breaks off behind a checkpoint, and replays from before it. */
    private static final List<Step> CRASHING = List.of(
            new Step(What.APPLY, 10),
            new Step(What.COMMIT, 1),
            new Step(What.BEGIN_CHECKPOINT, 1),
            new Step(What.FINISH_CHECKPOINT, 1),
            new Step(What.APPLY, 5),
            new Step(What.COMMIT, 1),
            new Step(What.CRASH, 1),
            new Step(What.APPLY, 3),
            new Step(What.REPLAY, 12));

    /** True if the checks fail for some log; each store in it has the fault. */
    private static boolean isFound(UnaryOperator<StateStore> fault) {
        MemoryStateStores right = new MemoryStateStores();
        StateStoreFactory stores = (live, checkpoint) -> fault.apply(right.open(live, checkpoint));
        for (long seed = 0; seed < 20; seed++) {
            Path directory = Path.of("faulty-" + seed);
            try {
                checkReplica(Reference.of(seed), CRASHING, stores, directory.resolve("replica"));
                checkApplier(Reference.of(seed), CRASHING, stores, directory.resolve("applier"));
            } catch (AssertionError | IllegalStateException found) {
                return true;
            }
        }
        return false;
    }

    @Example
    void theChecksFindAStoreThatKeepsItsPositionApart() {
        assertThat(isFound(UnaryOperator.identity())).as("a right one").isFalse();
        assertThat(isFound(FaultyStore.PositionOneLate::new)).isTrue();
    }

    @Example
    void theChecksFindAStoreThatForgetsSessions() {
        assertThat(isFound(FaultyStore.WithoutSessions::new)).isTrue();
    }

    private static void checkReplica(Reference expected, List<Step> steps, StateStoreFactory stores, Path directory) {
        try (StoreLife life = new StoreLife(stores, directory)) {
            ReplicaStateMachine replica = new ReplicaStateMachine(life.store(), new KvApplication(), LIMITS);
            for (Step step : steps) {
                switch (step.what()) {
                    case APPLY ->
                        applyFrom(replica, expected, (int) replica.position().index() + 1, step.size());
                    case REPLAY -> replay(replica, expected, step.size());
                    case COMMIT -> replica.commit();
                    case BEGIN_CHECKPOINT -> {
                        replica.commit();
                        life.beginCheckpoint();
                    }
                    case FINISH_CHECKPOINT -> life.finishCheckpoint();
                    case CRASH -> {
                        life.crash();
                        replica = new ReplicaStateMachine(life.store(), new KvApplication(), LIMITS);
                    }
                }
            }
            applyFrom(replica, expected, (int) replica.position().index() + 1, LOG_LENGTH);
            replica.commit();
            assertThat(life.digest()).isEqualTo(expected.digest());
            assertThat(life.sessions()).isEqualTo(expected.sessions());
        }
    }

    private static void applyFrom(ReplicaStateMachine replica, Reference expected, int from, int count) {
        for (int index = from; index < Math.min(LOG_LENGTH, from + count); index++) {
            assertThat(apply(replica, expected.log(), index))
                    .isEqualTo(expected.outcomes().get(index));
        }
    }

    /** What was applied already, from some way back: nothing happens. */
    private static void replay(ReplicaStateMachine replica, Reference expected, int back) {
        var before = replica.position();
        for (int index = Math.max(0, (int) before.index() + 1 - back); index <= before.index(); index++) {
            assertThat(apply(replica, expected.log(), index)).isEmpty();
        }
        assertThat(replica.position()).isEqualTo(before);
    }

    private static void checkApplier(Reference expected, List<Step> steps, StateStoreFactory stores, Path directory) {
        try (StoreLife life = new StoreLife(stores, directory)) {
            StoreEntryApplier applier = new StoreEntryApplier(life.store(), new KvApplication(), LIMITS);
            for (Step step : steps) {
                switch (step.what()) {
                    case APPLY -> deliver(applier, expected, 0, step.size());
                    case REPLAY -> deliver(applier, expected, step.size(), step.size() / 2);
                    case COMMIT -> deliver(applier, expected, LOG_LENGTH * 5, 0);
                    case BEGIN_CHECKPOINT -> life.beginCheckpoint();
                    case FINISH_CHECKPOINT -> life.finishCheckpoint();
                    case CRASH -> {
                        life.crash();
                        applier = new StoreEntryApplier(life.store(), new KvApplication(), LIMITS);
                    }
                }
            }
            deliver(applier, expected, 1, expected.entries().size());
            assertThat(life.digest().sha256()).isEqualTo(expected.digest().sha256());
            assertThat(applier.appliedLsn())
                    .isEqualTo(expected.digest().position().lsn());
        }
    }

    /** Entries from some way back to some way ahead of what is applied. */
    private static void deliver(StoreEntryApplier applier, Reference expected, int back, int ahead) {
        int applied = (int) applier.appliedLsn().value();
        int from = Math.max(0, applied - back);
        int to = Math.min(expected.entries().size(), applied + ahead);
        List<ApplyResult> results = applier.apply(expected.entries().subList(from, Math.max(from, to)));
        assertThat(results).hasSize(to - applied);
        assertThat(applier.appliedLsn().value()).isEqualTo(to);
    }
}
