package io.quorate.tests.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.replica.StoreEntryApplier;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.tests.kit.FileCounter.Fault;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kit passes what is right and catches each planted fault by its name. */
class EntryApplierCheckTest {
    private static EntryApplierCheck<FileCounter> check(Fault fault) {
        return EntryApplierCheck.of(
                directory -> FileCounter.open(directory, fault), FileCounter::counts, TestApplication::word);
    }

    private static EntryApplierCheck<LatestValues> consumer(boolean adds) {
        return EntryApplierCheck.<LatestValues>of(
                        directory -> LatestValues.open(directory, adds), LatestValues::values, TestApplication::word)
                .atLeastOnce();
    }

    @Test
    void passesAnApplierThatWritesItsPositionWithItsData() {
        CheckReport report = check(Fault.NONE).seed(3).check();
        assertThat(report.histories()).isEqualTo(60);
        assertThat(report.interruptions()).isGreaterThan(60);
    }

    @ParameterizedTest
    @CsvSource({
        "POSITION_BEHIND_THE_DATA, POSITION_NOT_WITH_DATA",
        "POSITION_NOW_AND_THEN, POSITION_NOT_WITH_DATA",
        "POSITION_BEFORE_THE_DATA, POSITION_NOT_WITH_DATA",
        "COUNTS_REPETITIONS, NOT_IDEMPOTENT",
        "TAKES_GAPS, GAP_NOT_REFUSED",
        "TAKES_SECOND_HISTORIES, DIVERGENCE_NOT_REFUSED",
        "ANSWERS_FOR_REPETITIONS, WRONG_RESULTS",
        "FAILS_AT_SYSTEM_ENTRIES, APPLY_FAILED"
    })
    void catchesAnApplierThat(Fault fault, Finding finding) {
        CheckFailedError error =
                catchThrowableOfType(CheckFailedError.class, () -> check(fault).check());
        assertThat(error).isNotNull();
        assertThat(error.finding()).isEqualTo(finding);
    }

    private static final class OpenRight implements EntryApplierCheck.Opener<FileCounter> {
        @Override
        public FileCounter open(Path directory) throws IOException {
            return FileCounter.open(directory, Fault.NONE);
        }
    }

    private static final class OpenWrong implements EntryApplierCheck.Opener<FileCounter> {
        @Override
        public FileCounter open(Path directory) throws IOException {
            return FileCounter.open(directory, Fault.POSITION_BEHIND_A_COPY);
        }
    }

    private static EntryApplierCheck<FileCounter> killed(EntryApplierCheck.Opener<FileCounter> opener) {
        return EntryApplierCheck.of(opener, FileCounter::counts, TestApplication::word)
                .histories(3, 5)
                .kills(8);
    }

    @Test
    void passesAnApplierWhoseProcessIsKilled() {
        assertThat(killed(new OpenRight()).check().interruptions()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void catchesAPositionApartFromItsDataByKillingProcesses() {
        CheckFailedError error = catchThrowableOfType(
                CheckFailedError.class, () -> killed(new OpenWrong()).check());
        assertThat(error.finding()).isEqualTo(Finding.POSITION_NOT_WITH_DATA);
        assertThat(error)
                .hasMessageContaining("after its process was killed")
                .hasMessageContaining(".kills(8).check()");
    }

    @Test
    void passesAConsumerThatSetsValuesAtLeastOnce() {
        consumer(false).check();
    }

    @Test
    void catchesAConsumerThatAddsAtLeastOnce() {
        CheckFailedError error = catchThrowableOfType(
                CheckFailedError.class, () -> consumer(true).check());
        assertThat(error.finding()).isEqualTo(Finding.NOT_IDEMPOTENT);
        assertThat(error).hasMessageContaining("EntryApplierCheck.of(...).atLeastOnce().seed(");
    }

    /** Ours, over a store that survives like a database on another machine would. */
    private record Applier(StateStore store, StoreEntryApplier applier) implements EntryApplier {
        static Applier open(MemoryStateStores stores, Path directory, Optional<StateStore> survivor) {
            StateStore store = survivor.orElseGet(() -> stores.open(directory, Optional.empty()));
            return new Applier(store, new StoreEntryApplier(store, new KvApplication(), SessionLimits.FEATURE_LEVEL_1));
        }

        String digest() {
            try (StateSnapshot snapshot = store.snapshot()) {
                return StateDigest.of(snapshot).sha256();
            }
        }

        @Override
        public Lsn appliedLsn() {
            return applier.appliedLsn();
        }

        @Override
        public List<ApplyResult> apply(List<LogEntry> entries) {
            return applier.apply(entries);
        }
    }

    @Test
    void passesTheApplierThatStandbysUse() {
        MemoryStateStores stores = new MemoryStateStores();
        Map<Path, StateStore> survivors = new HashMap<>();
        EntryApplierCheck.<Applier>of(
                        directory -> {
                            Applier applier =
                                    Applier.open(stores, directory, Optional.ofNullable(survivors.get(directory)));
                            survivors.put(directory, applier.store());
                            return applier;
                        },
                        Applier::digest,
                        ReadyMadeApplicationsTest::kvCommand)
                .check();
    }

    @Test
    void showsAFindingAgain() {
        CheckFailedError first = catchThrowableOfType(
                CheckFailedError.class,
                () -> check(Fault.POSITION_BEHIND_THE_DATA).seed(11).check());
        assertThat(first)
                .hasMessageContaining("POSITION_NOT_WITH_DATA: opened after a crash within applying entries")
                .hasMessageContaining("replay: EntryApplierCheck.of(...).seed(11L).histories(60, 60).onlyHistory(");
        String replay = first.getMessage().substring(first.getMessage().indexOf("onlyHistory(") + 12);
        int history = Integer.parseInt(replay.substring(0, replay.indexOf(')')));
        CheckFailedError again =
                catchThrowableOfType(CheckFailedError.class, () -> check(Fault.POSITION_BEHIND_THE_DATA)
                        .seed(11)
                        .onlyHistory(history)
                        .check());
        assertThat(again).hasMessage(first.getMessage());
    }

    @Test
    void refusesSettingsThatTryNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> check(Fault.NONE).histories(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> check(Fault.NONE).histories(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> check(Fault.NONE).kills(-1));
        assertThatIllegalStateException().isThrownBy(() -> check(Fault.NONE).kills(1));
    }
}
