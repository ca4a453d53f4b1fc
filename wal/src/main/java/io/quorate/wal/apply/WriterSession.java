package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is remembered of one writer: the answers that it may still ask for. Sequences that follow one another with LSNs that follow
 * one another and with equal results share a run, so that a writer with thousands outstanding costs a few bytes.
 *
 * <p>Runs are as long as they can be, so they, and with them the cost that limits are compared to, are a function of the
 * remembered answers alone: a replica that took the session from its stored form decides as one that never stopped.
 *
 * <p>Stored form:
 *
 * <pre>
 * offset size  big-endian
 *      0    4  magic "QSES"
 *      4    1  version, 1
 *      5    3  reserved, 0; else refused
 *      8    8  writer
 *     16    8  time to live in milliseconds, from 1
 *     24    8  cluster time of its last activity
 *     32    8  low water
 *     40    4  number of runs
 *     44    .  runs, by first sequence: u64 first sequence, u64 LSN of it, u32 sequences, u8 refused, u32 length and value
 *   last    4  CRC32C of all before
 * </pre>
 */
final class WriterSession {
    /** What a run is taken to cost in memory beside its result. */
    static final int RUN_BYTES = 64;

    private static final int MAGIC = 0x51534553;
    private static final int VERSION_AND_RESERVED = 1 << 24;
    private static final int HEADER_BYTES = 44;
    private static final int RUN_HEADER_BYTES = 25;
    private static final int CRC_BYTES = 4;

    /** Results of sequences {@code first} to {@code first + count - 1}, at LSNs from {@code lsn}. */
    private static final class Run {
        final long first;
        final long lsn;
        final ApplyResult result;
        /** From 1. */
        int count = 1;

        Run(long first, long lsn, ApplyResult result) {
            this.first = first;
            this.lsn = lsn;
            this.result = result;
        }

        boolean holds(long sequence) {
            return sequence - first < count;
        }

        boolean isExtendedBy(long sequence, long newLsn, ApplyResult newResult) {
            return sequence - first == count && newLsn - lsn == count && newResult.equals(result);
        }

        long bytes() {
            return (long) RUN_BYTES + result.value().length();
        }
    }

    private final long writer;
    private final long ttlMillis;
    /** By first sequence. Invariant: no two of them could be one. */
    private final TreeMap<Long, Run> runs = new TreeMap<>();

    private long lastActiveMillis;
    /** Invariant: every remembered sequence is above it. */
    private long lowWater;
    /** The run that the last sequence went into, if it is still there: nearly always the one that the next extends. */
    private Run latest;

    private int remembered;
    private long bytes;

    WriterSession(long writer, long ttlMillis, long nowMillis) {
        this.writer = writer;
        this.ttlMillis = ttlMillis;
        this.lastActiveMillis = nowMillis;
    }

    long expiresAtMillis() {
        long expiresAt = lastActiveMillis + ttlMillis;
        return expiresAt < 0 ? Long.MAX_VALUE : expiresAt;
    }

    long lowWater() {
        return lowWater;
    }

    /** What the remembered answers cost in memory, roughly. */
    long bytes() {
        return bytes;
    }

    void touch(long nowMillis) {
        lastActiveMillis = nowMillis;
    }

    /** True if one more result fits the session's own limits. */
    boolean hasRoom(SessionLimits limits) {
        return remembered < limits.maxWindow() && bytes < limits.maxSessionBytes();
    }

    Optional<Committed> find(long sequence) {
        Map.Entry<Long, Run> floor = runs.floorEntry(sequence);
        if (floor == null || !floor.getValue().holds(sequence)) {
            return Optional.empty();
        }
        Run run = floor.getValue();
        return Optional.of(new Committed(new Lsn(run.lsn + (sequence - run.first)), run.result));
    }

    /**
     * Remembers an answer.
     *
     * @param sequence above the low-water mark and not remembered yet
     * @param lsn above all before
     */
    void remember(long sequence, long lsn, ApplyResult result) {
        Run before = latest;
        if (before == null || sequence - before.first != before.count) {
            Map.Entry<Long, Run> floor = runs.floorEntry(sequence);
            before = floor == null ? null : floor.getValue();
        }
        remembered++;
        if (before != null && before.isExtendedBy(sequence, lsn, result)) {
            before.count++;
            latest = before;
        } else {
            latest = add(new Run(sequence, lsn, compact(result)));
        }
    }

    /** A result may be a slice of the batch that its command came in, which must not be kept alive by it. */
    private static ApplyResult compact(ApplyResult result) {
        Bytes value = result.value().compact();
        return value == result.value() ? result : new ApplyResult(result.refused(), value);
    }

    private Run add(Run run) {
        runs.put(run.first, run);
        bytes += run.bytes();
        return run;
    }

    /** Forgets what the writer has had answers to. */
    void advanceLowWater(long newLowWater) {
        if (newLowWater <= lowWater) {
            return;
        }
        lowWater = newLowWater;
        while (!runs.isEmpty() && runs.firstKey() <= lowWater) {
            Run run = runs.pollFirstEntry().getValue();
            bytes -= run.bytes();
            long forgotten = Math.min(run.count, lowWater - run.first + 1);
            remembered -= (int) forgotten;
            if (run == latest) {
                latest = null;
            }
            if (forgotten < run.count) {
                Run tail = new Run(lowWater + 1, run.lsn + forgotten, run.result);
                tail.count = (int) (run.count - forgotten);
                add(tail);
            }
        }
    }

    Bytes encode() {
        int size = HEADER_BYTES + CRC_BYTES;
        for (Run run : runs.values()) {
            size = Math.addExact(size, RUN_HEADER_BYTES + run.result.value().length());
        }
        byte[] encoded = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(encoded);
        out.putInt(MAGIC).putInt(VERSION_AND_RESERVED).putLong(writer);
        out.putLong(ttlMillis).putLong(lastActiveMillis).putLong(lowWater).putInt(runs.size());
        for (Run run : runs.values()) {
            Bytes value = run.result.value();
            out.putLong(run.first).putLong(run.lsn).putInt(run.count);
            out.put((byte) (run.result.refused() ? 1 : 0)).putInt(value.length());
            value.copyTo(encoded, out.position());
            out.position(out.position() + value.length());
        }
        Bytes whole = Bytes.wrap(encoded);
        out.putInt(whole.crc32c(0, size - CRC_BYTES));
        return whole;
    }

    /** @throws CorruptFormatException if the bytes are not the intact stored form of this writer, of a known version */
    static WriterSession decode(long writer, Bytes stored) {
        int end = stored.length() - CRC_BYTES;
        check(end >= HEADER_BYTES, writer, "has " + stored.length() + " bytes, its header alone has " + HEADER_BYTES);
        check(stored.intAt(0) == MAGIC, writer, "begins with " + Integer.toHexString(stored.intAt(0)));
        check(stored.intAt(4) == VERSION_AND_RESERVED, writer, "is of unknown version " + stored.at(4));
        check(stored.intAt(end) == stored.crc32c(0, end), writer, "has a wrong checksum");
        check(stored.longAt(8) == writer, writer, "is that of writer " + stored.longAt(8));
        check(stored.longAt(16) >= 1, writer, "has time to live " + stored.longAt(16));
        check(stored.longAt(32) >= 0, writer, "has low water " + stored.longAt(32));
        WriterSession session = new WriterSession(writer, stored.longAt(16), stored.longAt(24));
        session.lowWater = stored.longAt(32);
        int at = HEADER_BYTES;
        for (int left = stored.intAt(40); left != 0; left--) {
            check(end - at >= RUN_HEADER_BYTES, writer, "ends before its last run");
            at = session.decodeRun(stored, at, end);
        }
        check(at == end, writer, "has " + (end - at) + " bytes after its last run");
        return session;
    }

    /** Returns the offset behind the run. */
    private int decodeRun(Bytes stored, int at, int end) {
        long first = stored.longAt(at);
        long lsn = stored.longAt(at + 8);
        int count = stored.intAt(at + 16);
        int length = stored.intAt(at + 21);
        int valueAt = at + RUN_HEADER_BYTES;
        check(length >= 0 && length <= end - valueAt, writer, "has a result of " + length + " bytes at " + at);
        long lastBefore = latest == null ? lowWater : latest.first + latest.count - 1;
        boolean fits = count >= 1
                && count <= Integer.MAX_VALUE - remembered
                && first > lastBefore
                && first <= Long.MAX_VALUE - count + 1
                && lsn >= 1
                && lsn <= Long.MAX_VALUE - count + 1;
        check(fits, writer, "has " + count + " sequences from " + first + " at LSN " + lsn + " after " + lastBefore);
        Bytes value = stored.slice(valueAt, length).compact();
        latest = add(new Run(first, lsn, new ApplyResult(stored.at(at + 20) != 0, value)));
        latest.count = count;
        remembered += count;
        return valueAt + length;
    }

    private static void check(boolean fine, long writer, String problem) {
        if (!fine) {
            throw new CorruptFormatException("stored session of writer " + writer + " " + problem);
        }
    }
}
