package io.quorate.statemachine.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.statemachine.store.BatchTransaction;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.MapView;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KvApplicationTest {
    private static final Bytes A = Bytes.utf8("a");
    private static final Bytes B = Bytes.utf8("b");
    private static final Bytes X = Bytes.utf8("x");
    private static final Bytes Y = Bytes.utf8("y");

    private final KvApplication application = new KvApplication();
    private final MapView state = new MapView();
    private long lsn;

    @Provide
    Arbitrary<List<KvCommand>> commands() {
        return KvArbitraries.commands().list().ofMaxSize(40);
    }

    private ApplyResult apply(Bytes payload) {
        lsn++;
        StateBatch batch = new StateBatch();
        LogEntry entry = new LogEntry(new Lsn(lsn), 1, 1, LogRecord.sessionless(EntryKind.USER, payload));
        ApplyResult result = application.apply(entry, new BatchTransaction(state, batch, Keyspace.USER));
        if (!result.refused()) {
            state.write(batch);
        }
        return result;
    }

    private KvResult apply(KvCommand command) {
        ApplyResult result = apply(command.encode());
        assertThat(result.refused()).isFalse();
        return KvResult.decode(result.value());
    }

    private Optional<KvEntry> get(Bytes key) {
        return ((KvResult.Found) ask(KvQuery.get(key))).entry();
    }

    private KvResult ask(KvQuery query) {
        return KvResult.decode(application.query(query.encode(), state));
    }

    /** All entries, page after page. */
    private List<KvEntry> all(KvQuery.Range range) {
        List<KvEntry> all = new ArrayList<>();
        Optional<KvQuery.Range> left = Optional.of(range);
        while (left.isPresent()) {
            KvResult.Page page = (KvResult.Page) ask(left.get());
            all.addAll(page.entries());
            left = page.next().map(left.get()::continueAt);
        }
        return all;
    }

    @Property
    void doesWhatASortedMapDoes(
            @ForAll("commands") List<KvCommand> commands, @ForAll @IntRange(min = 1, max = 9) int limit) {
        TreeMap<Bytes, KvEntry> model = new TreeMap<>();
        state.map().clear();
        lsn = 0;
        for (KvCommand command : commands) {
            KvResult expected = expected(command, model, lsn + 1);
            assertThat(apply(command)).isEqualTo(expected);
            assertThat(all(KvQuery.prefix(Bytes.EMPTY).withLimit(limit))).isEqualTo(List.copyOf(model.values()));
        }
        assertThat(all(KvQuery.range(A, B).withLimit(limit)))
                .isEqualTo(List.copyOf(model.subMap(A, B).values()));
        assertThat(all(KvQuery.range(B, A))).isEmpty();
        assertThat(get(A)).isEqualTo(Optional.ofNullable(model.get(A)));
    }

    private static KvResult expected(KvCommand command, TreeMap<Bytes, KvEntry> model, long version) {
        if (command instanceof KvCommand.Transaction transaction) {
            for (int i = 0; i < transaction.conditions().size(); i++) {
                KvCondition condition = transaction.conditions().get(i);
                Optional<KvEntry> actual = Optional.ofNullable(model.get(condition.key()));
                if (!condition.holds(actual)) {
                    return new KvResult.Failed(i, actual);
                }
            }
            transaction.writes().forEach(write -> write(write, model, version));
        } else {
            write((KvCommand.Write) command, model, version);
        }
        return KvResult.DONE;
    }

    private static void write(KvCommand.Write write, TreeMap<Bytes, KvEntry> model, long version) {
        if (write instanceof KvCommand.Put put) {
            model.put(put.key(), new KvEntry(put.key(), put.value(), version));
        } else {
            model.remove(write.key());
        }
    }

    @Test
    void swapsAValueOnlyWhereItIsAsExpectedAndSaysWhatItReallyWas() {
        assertThat(apply(KvCommand.compareAndSet(A, Optional.empty(), Optional.of(X))))
                .isEqualTo(KvResult.DONE);
        assertThat(apply(KvCommand.compareAndSet(A, Optional.empty(), Optional.of(Y))))
                .isEqualTo(new KvResult.Failed(0, Optional.of(new KvEntry(A, X, 1))));
        assertThat(apply(KvCommand.compareAndSet(A, Optional.of(X), Optional.of(Y))))
                .isEqualTo(KvResult.DONE);
        assertThat(get(A)).contains(new KvEntry(A, Y, 3));
        assertThat(apply(KvCommand.compareAndSet(A, Optional.of(Y), Optional.empty())))
                .isEqualTo(KvResult.DONE);
        assertThat(apply(KvCommand.compareAndSet(A, Optional.of(Y), Optional.empty())))
                .isEqualTo(new KvResult.Failed(0, Optional.empty()));
    }

    @Test
    void tellsAnEmptyValueFromNone() {
        apply(KvCommand.put(A, Bytes.EMPTY));
        assertThat(get(A)).contains(new KvEntry(A, Bytes.EMPTY, 1));
        assertThat(apply(KvCommand.transaction().ifAbsent(A).build()))
                .isEqualTo(new KvResult.Failed(0, Optional.of(new KvEntry(A, Bytes.EMPTY, 1))));
    }

    @Test
    void writesAllOfATransactionOrNothingAndNamesTheConditionThatFailed() {
        apply(KvCommand.put(A, X));
        KvCommand move = KvCommand.transaction()
                .ifValueIs(A, X)
                .ifAbsent(B)
                .delete(A)
                .put(B, X)
                .build();
        assertThat(apply(move)).isEqualTo(KvResult.DONE);
        assertThat(apply(move)).isEqualTo(new KvResult.Failed(0, Optional.empty()));
        assertThat(apply(KvCommand.transaction()
                        .ifVersionIs(B, 2)
                        .ifPresent(A)
                        .delete(B)
                        .build()))
                .isEqualTo(new KvResult.Failed(1, Optional.empty()));
        assertThat(get(B)).contains(new KvEntry(B, X, 2));
        assertThat(apply(KvCommand.transaction().put(A, X).delete(A).put(A, Y).build()))
                .isEqualTo(KvResult.DONE);
        assertThat(get(A)).contains(new KvEntry(A, Y, 5));
    }

    @Test
    void sawAllConditionsBeforeTheFirstWrite() {
        assertThat(apply(KvCommand.transaction().put(A, X).ifAbsent(A).build())).isEqualTo(KvResult.DONE);
    }

    @Test
    void changesTheVersionWithEveryWriteAlsoOfAnEqualValue() {
        apply(KvCommand.put(A, X));
        apply(KvCommand.put(A, X));
        assertThat(apply(KvCommand.transaction().ifVersionIs(A, 1).put(A, Y).build()))
                .isEqualTo(new KvResult.Failed(0, Optional.of(new KvEntry(A, X, 2))));
    }

    @Test
    void refusesWhatIsNoCommandAndChangesNothing() {
        apply(KvCommand.put(A, X));
        for (Bytes malformed :
                List.of(Bytes.EMPTY, Bytes.utf8("junk"), KvQuery.get(A).encode().slice(0, 2))) {
            ApplyResult result = apply(malformed);
            assertThat(result.refused()).isTrue();
            assertThat(result.value().utf8()).contains("key-value command");
        }
        assertThat(all(KvQuery.prefix(Bytes.EMPTY))).containsExactly(new KvEntry(A, X, 1));
    }

    @Test
    void refusesWhatIsNoQuery() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> application.query(Bytes.utf8("junk"), state))
                .withMessageContaining("key-value query");
    }

    @Test
    void endsAPageAtItsLimitsAndSaysWhereToGoOn() {
        Bytes big = Bytes.wrap(new byte[KvResult.MAX_PAGE_BYTES / 2 - 20]);
        for (String key : List.of("k1", "k2", "k3")) {
            apply(KvCommand.put(Bytes.utf8(key), big));
        }
        KvResult.Page first = (KvResult.Page) ask(KvQuery.prefix(Bytes.utf8("k")));
        assertThat(first.entries()).hasSize(2);
        assertThat(first.next()).contains(Bytes.utf8("k3"));
        assertThat(all(KvQuery.prefix(Bytes.utf8("k")))).hasSize(3);
        KvResult.Page exact =
                (KvResult.Page) ask(KvQuery.prefix(Bytes.utf8("k")).withLimit(1));
        assertThat(exact.next()).contains(Bytes.utf8("k2"));
    }

    @Test
    void givesAnEntryThatIsLargerThanAPageAPageOfItsOwn() {
        Bytes huge = Bytes.wrap(new byte[KvResult.MAX_PAGE_BYTES + 1]);
        apply(KvCommand.put(A, huge));
        apply(KvCommand.put(B, huge));
        KvResult.Page page = (KvResult.Page) ask(KvQuery.prefix(Bytes.EMPTY));
        assertThat(page.entries()).extracting(KvEntry::key).containsExactly(A);
        assertThat(page.next()).contains(B);
    }
}
