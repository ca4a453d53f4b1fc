package io.quorate.wal.log;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generators of what a log is made of. */
final class Logs {
    private Logs() {}

    static Arbitrary<Bytes> bytes(int maxLength) {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(maxLength).map(Bytes::wrap);
    }

    static Arbitrary<LogRecord> records() {
        Arbitrary<EntryKind> kinds = Arbitraries.of(EntryKind.class);
        Arbitrary<LogRecord> outside = Combinators.combine(kinds, bytes(64)).as(LogRecord::sessionless);
        Arbitrary<Long> windows = Arbitraries.longs().between(1, Integer.MAX_VALUE);
        Arbitrary<Long> lowWaters = Arbitraries.longs().between(0, Long.MAX_VALUE - Integer.MAX_VALUE);
        Arbitrary<Long> writers = Arbitraries.longs().between(1, Long.MAX_VALUE);
        Arbitrary<LogRecord> inside = Combinators.combine(kinds, writers, lowWaters, windows, bytes(64))
                .as((kind, writer, lowWater, window, payload) ->
                        LogRecord.of(kind, new WriterId(writer), lowWater + window, lowWater, payload));
        return Arbitraries.oneOf(outside, inside);
    }

    static Arbitrary<EntryBatch> batches(int maxRecords) {
        Arbitrary<ClusterId> clusters = Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
                .as((most, least) -> new ClusterId(new UUID(most, least | 1)));
        Arbitrary<Generation> generations =
                Arbitraries.longs().between(1, Long.MAX_VALUE).map(Generation::new);
        Arbitrary<Long> times = Arbitraries.longs().between(0, Long.MAX_VALUE);
        return Combinators.combine(
                        clusters,
                        generations,
                        times,
                        records().list().ofMinSize(1).ofMaxSize(maxRecords))
                .as(EntryBatch::new);
    }

    static Bytes flip(Bytes bytes, int bit) {
        byte[] flipped = bytes.toArray();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return Bytes.wrap(flipped);
    }

    /** The bytes with other bytes before and behind them, so that every offset counts. */
    static Bytes embed(Bytes before, Bytes bytes, Bytes after) {
        byte[] all = new byte[before.length() + bytes.length() + after.length()];
        before.copyTo(all, 0);
        bytes.copyTo(all, before.length());
        after.copyTo(all, before.length() + bytes.length());
        return Bytes.wrap(all);
    }
}
