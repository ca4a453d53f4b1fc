package io.quorate.wal.apply;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriterId;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * What writers may do to a shard, right or wrong, in terms that do not know the LSNs yet: which of the sessions opened so far,
 * which sequence, which window.
 */
final class Scenario {
    static final SessionLimits LIMITS = new SessionLimits(3, 5, 400, 1_000, 30);

    private static final ClusterId CLUSTER = new ClusterId(new UUID(1, 2));
    private static final long UNKNOWN_WRITER = 1L << 40;
    private static final int NONE = -1;
    private static final int UNKNOWN = -2;

    private Scenario() {}

    /**
     * One record to be.
     *
     * @param session 0 for the session opened last, 1 for the one before it and so on; or {@link #NONE}, {@link #UNKNOWN}
     * @param payload decides what the application answers
     */
    record Intent(EntryKind kind, int session, long sequence, int window, int payload) {
        LogRecord resolve(List<Long> opened) {
            Bytes bytes = kind == EntryKind.SESSION_OPEN && payload != 0
                    ? BatchSequencer.sessionOpenPayload(payload * 7L)
                    : Bytes.wrap(new byte[] {(byte) payload});
            if (session == NONE || session != UNKNOWN && opened.isEmpty()) {
                return LogRecord.sessionless(kind, bytes);
            }
            long writer = session == UNKNOWN ? UNKNOWN_WRITER : opened.get(opened.size() - 1 - session % opened.size());
            return LogRecord.of(kind, new WriterId(writer), sequence, Math.max(0, sequence - window), bytes);
        }
    }

    /** Records that come in one batch, and by how much cluster time seems to have moved; backwards too. */
    record Step(int elapsedMillis, List<Intent> intents) {
        EntryBatch resolve(List<Long> opened, long lastTimeMillis) {
            long time = Math.max(0, lastTimeMillis + elapsedMillis);
            return new EntryBatch(
                    CLUSTER,
                    Generation.FIRST,
                    time,
                    intents.stream().map(i -> i.resolve(opened)).toList());
        }
    }

    /** An application without state whose answers are often equal, so that runs form and break. */
    static ApplyResult answer(LogEntry entry) {
        int payload = entry.payload().at(0);
        return switch (payload % 4) {
            case 0 -> ApplyResult.OK;
            case 1 -> ApplyResult.of(Bytes.utf8("same"));
            case 2 -> ApplyResult.refusal("no");
            default -> ApplyResult.of(Bytes.utf8("at " + entry.lsn()));
        };
    }

    static Arbitrary<List<Step>> steps() {
        return step().list().ofMinSize(1).ofMaxSize(40);
    }

    private static Arbitrary<Step> step() {
        Arbitrary<Integer> elapsed = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(0)),
                Tuple.of(3, Arbitraries.integers().between(1, 8)),
                Tuple.of(1, Arbitraries.integers().between(-5, 40)));
        return Combinators.combine(elapsed, intent().list().ofMinSize(1).ofMaxSize(6))
                .as(Step::new);
    }

    private static Arbitrary<Intent> intent() {
        Arbitrary<EntryKind> kinds = Arbitraries.frequency(
                Tuple.of(40, EntryKind.USER),
                Tuple.of(5, EntryKind.SESSION_OPEN),
                Tuple.of(1, EntryKind.SESSION_CLOSE),
                Tuple.of(2, EntryKind.SESSION_TOUCH));
        Arbitrary<Integer> sessions = Arbitraries.frequency(
                Tuple.of(1, NONE),
                Tuple.of(1, UNKNOWN),
                Tuple.of(14, 0),
                Tuple.of(7, 1),
                Tuple.of(3, 2),
                Tuple.of(1, 3));
        Arbitrary<Long> sequences = Arbitraries.frequencyOf(
                Tuple.of(80, Arbitraries.longs().between(1, 14)),
                Tuple.of(1, Arbitraries.longs().between(Long.MAX_VALUE - 2, Long.MAX_VALUE)));
        Arbitrary<Integer> windows = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.integers().between(1, 14)), Tuple.of(3, Arbitraries.just(Integer.MAX_VALUE)));
        return Combinators.combine(
                        kinds,
                        sessions,
                        sequences,
                        windows,
                        Arbitraries.integers().between(0, 9))
                .as((kind, session, sequence, window, payload) ->
                        new Intent(kind, session, sequence, (int) Math.min(window, sequence), payload));
    }
}
