package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generators of commands, queries and results over few keys, so that they meet. */
final class KvArbitraries {
    private KvArbitraries() {}

    static Arbitrary<Bytes> keys() {
        return Arbitraries.strings()
                .withChars('a', 'b', '\u00ff')
                .ofMinLength(1)
                .ofMaxLength(2)
                .map(Bytes::utf8);
    }

    static Arbitrary<Bytes> values() {
        return Arbitraries.strings().withChars('x', 'y').ofMaxLength(2).map(Bytes::utf8);
    }

    static Arbitrary<Long> versions() {
        return Arbitraries.longs().between(1, 30);
    }

    static Arbitrary<KvCondition> conditions() {
        return Arbitraries.oneOf(List.of(
                Combinators.combine(keys(), values()).as(KvCondition.ValueIs::new),
                Combinators.combine(keys(), versions()).as(KvCondition.VersionIs::new),
                keys().map(KvCondition.Present::new),
                keys().map(KvCondition.Absent::new)));
    }

    static Arbitrary<KvCommand.Write> writes() {
        Arbitrary<KvCommand.Write> puts = Combinators.combine(keys(), values()).as(KvCommand.Put::new);
        return Arbitraries.oneOf(puts, puts, keys().map(KvCommand.Delete::new));
    }

    static Arbitrary<KvCommand> commands() {
        Arbitrary<KvCommand> transactions = Combinators.combine(
                        conditions().list().ofMaxSize(3), writes().list().ofMaxSize(4))
                .as(KvCommand.Transaction::new);
        Arbitrary<KvCommand> swaps = Combinators.combine(keys(), values().optional(), values().optional())
                .as(KvCommand::compareAndSet);
        return Arbitraries.oneOf(writes().map(write -> write), transactions, swaps);
    }

    static Arbitrary<KvQuery> queries() {
        Arbitrary<KvQuery> ranges = Combinators.combine(
                        Arbitraries.oneOf(keys(), Arbitraries.just(Bytes.EMPTY)),
                        keys().optional(),
                        Arbitraries.integers().between(1, KvQuery.MAX_LIMIT))
                .as(KvQuery.Range::new);
        return Arbitraries.oneOf(keys().map(KvQuery.Get::new), ranges);
    }

    static Arbitrary<KvResult> results() {
        Arbitrary<KvEntry> entries =
                Combinators.combine(keys(), values(), versions()).as(KvEntry::new);
        return Arbitraries.oneOf(List.of(
                Arbitraries.just(KvResult.DONE),
                Combinators.combine(Arbitraries.integers().between(0, KvCommand.MAX_PARTS - 1), entries.optional())
                        .as(KvResult.Failed::new),
                entries.optional().map(KvResult.Found::new),
                Combinators.combine(entries.list().ofMaxSize(5), keys().optional())
                        .as(KvResult.Page::new)));
    }
}
