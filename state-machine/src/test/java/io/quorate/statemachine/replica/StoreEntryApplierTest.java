package io.quorate.statemachine.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.LsnDivergenceException;
import io.quorate.wal.log.LsnGapException;
import io.quorate.wal.log.WriterId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreEntryApplierTest {
    /** Appends each payload to one value, so that order and repetition show; "no" is refused, "bug" throws. */
    private static final class Journal implements Application {
        private static final Bytes KEY = Bytes.utf8("journal");

        @Override
        public String name() {
            return "journal";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            String payload = entry.payload().utf8();
            String before = transaction.get(KEY).map(Bytes::utf8).orElse("");
            transaction.put(KEY, Bytes.utf8(before + payload));
            if (payload.equals("bug")) {
                throw new IllegalStateException("planted");
            }
            return payload.equals("no") ? ApplyResult.refusal("no") : ApplyResult.of(Bytes.utf8(payload + "!"));
        }

        @Override
        public Bytes query(Bytes query, StateView view) {
            return view.get(KEY).orElse(Bytes.EMPTY);
        }
    }

    @TempDir
    private Path directory;

    private final RocksDbStateStoreFactory factory =
            new RocksDbStateStoreFactory(new RocksDbMemory(8 << 20, 4 << 20, 64 << 10, 2));
    private StateStore store;
    private StoreEntryApplier applier;

    @BeforeEach
    void openEmpty() {
        open(Optional.empty());
    }

    private void open(Optional<Path> checkpoint) {
        store = factory.open(directory.resolve("live"), checkpoint);
        applier = new StoreEntryApplier(store, new Journal(), SessionLimits.FEATURE_LEVEL_1);
    }

    /** Goes on from the state that is there now, as after a clean stop. */
    private void restart() {
        Path checkpoint = directory.resolve("checkpoint-" + applier.appliedLsn());
        store.checkpoint(checkpoint);
        store.close();
        open(Optional.of(checkpoint));
    }

    @AfterEach
    void close() {
        store.close();
        factory.close();
    }

    private static LogEntry entry(long lsn, String payload) {
        return entry(lsn, LogRecord.sessionless(EntryKind.USER, Bytes.utf8(payload)));
    }

    private static LogEntry entry(long lsn, LogRecord record) {
        return new LogEntry(new Lsn(lsn), 4, 100 + lsn, record);
    }

    private String journal() {
        return store.view(Keyspace.USER).get(Journal.KEY).map(Bytes::utf8).orElse("");
    }

    private static List<ApplyResult> results(String... values) {
        return List.of(values).stream().map(v -> ApplyResult.of(Bytes.utf8(v))).toList();
    }

    private StateDigest digest() {
        try (StateSnapshot snapshot = store.snapshot()) {
            return StateDigest.of(snapshot);
        }
    }

    @Test
    void appliesEntriesInOrderAndAnswersForTheNewOnesOnly() {
        assertThat(applier.apply(List.of(entry(1, "a"), entry(2, "b")))).isEqualTo(results("a!", "b!"));
        assertThat(applier.apply(List.of(entry(2, "b"), entry(3, "c")))).isEqualTo(results("c!"));
        assertThat(applier.apply(List.of())).isEmpty();
        assertThat(journal()).isEqualTo("abc");
        assertThat(applier.appliedLsn()).isEqualTo(new Lsn(3));
        assertThat(store.position()).isEqualTo(new Position(new Lsn(3), 0, -1, 103));
    }

    @Test
    void doesNothingForAnEntryThatWasApplied() {
        applier.apply(List.of(entry(1, "a"), entry(2, "b")));
        StateDigest before = digest();
        assertThat(applier.apply(List.of(entry(1, "a"), entry(2, "b"), entry(1, "a"))))
                .isEmpty();
        assertThat(digest()).isEqualTo(before);
    }

    @Test
    void refusesAListWithAGapWhole() {
        applier.apply(List.of(entry(1, "a")));
        assertThatExceptionOfType(LsnGapException.class)
                .isThrownBy(() -> applier.apply(List.of(entry(2, "b"), entry(4, "d"))))
                .satisfies(gap -> assertThat(gap.expected()).isEqualTo(new Lsn(3)));
        assertThat(journal()).isEqualTo("a");
        assertThat(applier.apply(List.of(entry(2, "b"), entry(3, "c")))).isEqualTo(results("b!", "c!"));
    }

    @Test
    void refusesASecondHistoryWhole() {
        applier.apply(List.of(entry(1, "a"), entry(2, "b")));
        assertThatExceptionOfType(LsnDivergenceException.class)
                .isThrownBy(() -> applier.apply(List.of(entry(1, "a"), entry(2, "x"), entry(3, "c"))));
        LogEntry laterTime = new LogEntry(new Lsn(2), 4, 999, entry(2, "b").record());
        assertThatExceptionOfType(LsnDivergenceException.class)
                .isThrownBy(() -> applier.apply(List.of(laterTime, entry(3, "c"))));
        assertThat(journal()).isEqualTo("ab");
        assertThat(applier.appliedLsn()).isEqualTo(new Lsn(2));
    }

    @Test
    void knowsItsHistoryAgainAfterARestart() {
        applier.apply(List.of(entry(1, "a"), entry(2, "b")));
        restart();
        assertThat(applier.apply(List.of(entry(2, "b")))).isEmpty();
        assertThatExceptionOfType(LsnDivergenceException.class).isThrownBy(() -> applier.apply(List.of(entry(2, "x"))));
        assertThat(applier.apply(List.of(entry(3, "c")))).isEqualTo(results("c!"));
        assertThat(journal()).isEqualTo("abc");
    }

    @Test
    void dropsTheWritesOfARefusedEntryAndKeepsItsLsn() {
        List<ApplyResult> results = applier.apply(List.of(entry(1, "a"), entry(2, "no"), entry(3, "c")));
        assertThat(results.get(1).refused()).isTrue();
        assertThat(journal()).isEqualTo("ac");
        assertThat(applier.appliedLsn()).isEqualTo(new Lsn(3));
    }

    @Test
    void appliesNothingOfAListThatTheApplicationFailsInAndStops() {
        applier.apply(List.of(entry(1, "a")));
        assertThatExceptionOfType(ApplyFailedException.class)
                .isThrownBy(() -> applier.apply(List.of(entry(2, "b"), entry(3, "bug"))))
                .withMessageContaining("entry 3")
                .satisfies(failed -> assertThat(failed.lsn()).isEqualTo(new Lsn(3)));
        assertThat(journal()).isEqualTo("a");
        assertThat(applier.appliedLsn()).isEqualTo(new Lsn(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> applier.apply(List.of(entry(2, "b"))))
                .withMessageContaining("stopped at lsn 1");
        restart();
        assertThat(applier.apply(List.of(entry(2, "b")))).isEqualTo(results("b!"));
    }

    @Test
    void hidesSessionRecordsFromTheApplicationAndStoresTheirSessions() {
        Bytes ttl = BatchSequencer.sessionOpenPayload(1_000);
        LogRecord inSession = LogRecord.of(EntryKind.USER, new WriterId(1), 1, 0, Bytes.utf8("a"));
        applier.apply(List.of(entry(1, LogRecord.sessionless(EntryKind.SESSION_OPEN, ttl)), entry(2, inSession)));
        assertThat(journal()).isEqualTo("a");
        assertThat(storedSessions()).hasSize(1);
        restart();
        LogRecord end = LogRecord.of(EntryKind.SESSION_CLOSE, new WriterId(1), 2, 1, Bytes.EMPTY);
        assertThat(applier.apply(List.of(entry(3, end)))).containsExactly(ApplyResult.OK);
        assertThat(storedSessions()).isEmpty();
    }

    private List<Bytes> storedSessions() {
        List<Bytes> keys = new ArrayList<>();
        store.view(Keyspace.SESSIONS).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> keys.add(key));
        return keys;
    }

    @Test
    void refusesToGoOnFromDamagedSessions() {
        StateBatch batch = new StateBatch();
        batch.put(Keyspace.SESSIONS, Bytes.utf8("not an id"), Bytes.EMPTY);
        store.write(batch, store.position());
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> new StoreEntryApplier(store, new Journal(), SessionLimits.FEATURE_LEVEL_1))
                .withMessageContaining("no writer id");
    }
}
