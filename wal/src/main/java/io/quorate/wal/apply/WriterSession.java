package io.quorate.wal.apply;

import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is remembered of one writer: the answers that it may still ask for. Consecutive sequences with consecutive LSNs and equal
 * results share a run, so that a writer with thousands outstanding costs a few bytes.
 */
final class WriterSession {
    private static final byte VERSION = 1;

    /** Results of sequences {@code first} to {@code first + count - 1}, at LSNs from {@code lsn}. */
    private static final class Run {
        final long first;
        final long lsn;
        final ApplyResult result;
        int count = 1;

        Run(long first, long lsn, ApplyResult result) {
            this.first = first;
            this.lsn = lsn;
            this.result = result;
        }

        long end() {
            return first + count;
        }
    }

    private final long writer;
    private final long ttlMillis;
    private final TreeMap<Long, Run> runs = new TreeMap<>();
    private long lastActiveMillis;
    /** Invariant: every remembered sequence is above it. */
    private long lowWater;
    /** The run that the last sequence went into: nearly always the one that the next extends. */
    private Run latest;

    private int remembered;
    private long resultBytes;

    WriterSession(long writer, long ttlMillis, long nowMillis) {
        this.writer = writer;
        this.ttlMillis = ttlMillis;
        this.lastActiveMillis = nowMillis;
    }

    long writer() {
        return writer;
    }

    long expiresAtMillis() {
        return lastActiveMillis + ttlMillis;
    }

    long lowWater() {
        return lowWater;
    }

    void touch(long nowMillis) {
        lastActiveMillis = nowMillis;
    }

    /** True if one more result fits the limits. */
    boolean hasRoom(SessionLimits limits) {
        return remembered < limits.maxWindow() && resultBytes < limits.maxResultBytes();
    }

    Optional<Committed> find(long sequence) {
        Map.Entry<Long, Run> floor = runs.floorEntry(sequence);
        if (floor == null || sequence >= floor.getValue().end()) {
            return Optional.empty();
        }
        Run run = floor.getValue();
        return Optional.of(new Committed(new Lsn(run.lsn + (sequence - run.first)), run.result));
    }

    void remember(long sequence, long lsn, ApplyResult result) {
        if (latest != null
                && sequence == latest.end()
                && lsn == latest.lsn + latest.count
                && result.equals(latest.result)) {
            latest.count++;
        } else {
            latest = new Run(sequence, lsn, result);
            runs.put(sequence, latest);
            resultBytes += result.value().length();
        }
        remembered++;
    }

    /** Forgets what the writer has had answers to. */
    void advanceLowWater(long newLowWater) {
        if (newLowWater <= lowWater) {
            return;
        }
        lowWater = newLowWater;
        while (!runs.isEmpty() && runs.firstEntry().getValue().first <= lowWater) {
            Run run = runs.pollFirstEntry().getValue();
            remembered -= run.count;
            resultBytes -= run.result.value().length();
            if (run.end() > lowWater + 1) {
                keepTail(run);
            } else if (run == latest) {
                latest = null;
            }
        }
    }

    private void keepTail(Run run) {
        long cut = lowWater + 1 - run.first;
        Run tail = new Run(lowWater + 1, run.lsn + cut, run.result);
        tail.count = (int) (run.count - cut);
        runs.put(tail.first, tail);
        remembered += tail.count;
        resultBytes += tail.result.value().length();
        if (run == latest) {
            latest = tail;
        }
    }

    /** u8 version, u64 ttl, u64 last active, u64 low water, u32 runs, then first, lsn, count, refused, length, value each. */
    Bytes encode() {
        int size = 1 + 3 * 8 + 4;
        for (Run run : runs.values()) {
            size += 8 + 8 + 4 + 1 + 4 + run.result.value().length();
        }
        byte[] bytes = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.put(VERSION)
                .putLong(ttlMillis)
                .putLong(lastActiveMillis)
                .putLong(lowWater)
                .putInt(runs.size());
        for (Run run : runs.values()) {
            out.putLong(run.first).putLong(run.lsn).putInt(run.count);
            Bytes value = run.result.value();
            out.put((byte) (run.result.refused() ? 1 : 0)).putInt(value.length());
            value.copyTo(bytes, out.position());
            out.position(out.position() + value.length());
        }
        return Bytes.wrap(bytes);
    }

    static WriterSession decode(long writer, Bytes bytes) {
        ByteBuffer in = bytes.buffer();
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new CorruptFormatException("session " + writer + " of unknown version " + version);
            }
            WriterSession session = new WriterSession(writer, in.getLong(), in.getLong());
            session.lowWater = in.getLong();
            int count = in.getInt();
            for (int i = 0; i < count; i++) {
                session.decodeRun(in, bytes);
            }
            return session;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new CorruptFormatException("session " + writer + " is damaged at byte " + in.position(), e);
        }
    }

    private void decodeRun(ByteBuffer in, Bytes bytes) {
        long first = in.getLong();
        long lsn = in.getLong();
        int runLength = in.getInt();
        boolean refused = in.get() != 0;
        int valueLength = in.getInt();
        Bytes value = bytes.slice(in.position(), valueLength).compact();
        in.position(in.position() + valueLength);
        Run run = new Run(first, lsn, new ApplyResult(refused, value));
        run.count = runLength;
        runs.put(first, run);
        latest = run;
        remembered += runLength;
        resultBytes += valueLength;
    }
}
