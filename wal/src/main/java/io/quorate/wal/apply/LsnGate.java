package io.quorate.wal.apply;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.LsnDivergenceException;
import io.quorate.wal.log.LsnGapException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The one rule by which entries that have their LSN enter a state, whatever brought them: the next LSN passes; one at or below the
 * applied LSN is a repetition, and must be the same entry as far as that is still known; anything else is a gap.
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class LsnGate {
    /** Checksums of the latest entries are remembered, to tell a repetition from a second history. */
    static final int REMEMBERED = 4096;

    private static final int MAGIC = 0x514c5347;
    private static final int VERSION_AND_RESERVED = 1 << 24;
    private static final int HEADER_BYTES = 20;
    private static final int CRC_BYTES = 4;

    private final int[] checksums = new int[REMEMBERED];
    private long applied;
    /** Invariant: of the entries above it, up to applied, the last REMEMBERED are in checksums. */
    private long unknownUpTo;

    public LsnGate(Lsn applied) {
        this.applied = applied.value();
        this.unknownUpTo = this.applied;
    }

    /**
     * Continues with the checksums that {@link #encodeLatest} gave at the same LSN; those of another LSN say nothing here and are
     * left alone.
     *
     * @throws CorruptFormatException if the bytes are not what {@link #encodeLatest} gives
     */
    public LsnGate(Lsn applied, Bytes stored) {
        this(applied);
        int end = stored.length() - CRC_BYTES;
        if (end < HEADER_BYTES
                || stored.intAt(0) != MAGIC
                || stored.intAt(4) != VERSION_AND_RESERVED
                || stored.intAt(end) != stored.crc32c(0, end)) {
            throw new CorruptFormatException("stored checksums " + stored + " are damaged or of an unknown version");
        }
        int count = stored.intAt(16);
        if (count < 0 || count > REMEMBERED || end != HEADER_BYTES + 4 * count || count > stored.longAt(8)) {
            throw new CorruptFormatException("stored checksums " + stored + " count " + count);
        }
        if (stored.longAt(8) == this.applied) {
            unknownUpTo = this.applied - count;
            for (int i = 0; i < count; i++) {
                checksums[slot(unknownUpTo + 1 + i)] = stored.intAt(HEADER_BYTES + 4 * i);
            }
        }
    }

    private static int slot(long lsn) {
        return (int) (lsn % REMEMBERED);
    }

    public Lsn applied() {
        return new Lsn(applied);
    }

    /**
     * The entries that are new, after checking all of them: those left out were applied before, or come twice. Changes nothing.
     *
     * @param entries in LSN order, repetitions allowed
     * @throws LsnGapException if entries before one of them are missing
     * @throws LsnDivergenceException if one of them differs from what was applied, or came before it, at its LSN
     */
    public List<LogEntry> fresh(List<LogEntry> entries) {
        List<LogEntry> fresh = new ArrayList<>(entries.size());
        for (LogEntry entry : entries) {
            long lsn = entry.lsn().value();
            long ahead = lsn - applied;
            if (ahead <= 0) {
                checkRepetition(entry);
            } else if (ahead <= fresh.size()) {
                checkEqual(entry, fresh.get((int) ahead - 1).checksum());
            } else if (ahead == fresh.size() + 1L) {
                fresh.add(entry);
            } else {
                throw new LsnGapException(new Lsn(applied + fresh.size() + 1), entry.lsn());
            }
        }
        return fresh;
    }

    /**
     * True if the entry is the next one, and counts it as applied; false if it was applied before.
     *
     * @throws LsnGapException if entries before it are missing
     * @throws LsnDivergenceException if another entry was applied at its LSN
     */
    public boolean enter(LogEntry entry) {
        long lsn = entry.lsn().value();
        if (lsn <= applied) {
            checkRepetition(entry);
            return false;
        }
        if (lsn != applied + 1) {
            throw new LsnGapException(new Lsn(applied + 1), entry.lsn());
        }
        checksums[slot(lsn)] = entry.checksum();
        applied = lsn;
        return true;
    }

    private void checkRepetition(LogEntry entry) {
        long lsn = entry.lsn().value();
        if (lsn > unknownUpTo && lsn > applied - REMEMBERED) {
            checkEqual(entry, checksums[slot(lsn)]);
        }
    }

    private static void checkEqual(LogEntry entry, int known) {
        if (known != entry.checksum()) {
            throw new LsnDivergenceException(entry.lsn(), known, entry.checksum());
        }
    }

    /**
     * The checksums of the latest entries, to be stored with the state: magic "QLSG", u8 version 1, 3 reserved bytes, u64 applied
     * LSN, u32 count, u32 each in LSN order, u32 CRC32C of all before.
     *
     * @param atMost from 0
     */
    public Bytes encodeLatest(int atMost) {
        int count = (int) Math.min(Math.min(atMost, REMEMBERED), applied - unknownUpTo);
        byte[] bytes = new byte[HEADER_BYTES + 4 * count + CRC_BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putInt(MAGIC).putInt(VERSION_AND_RESERVED).putLong(applied).putInt(count);
        for (long lsn = applied - count + 1; lsn <= applied; lsn++) {
            out.putInt(checksums[slot(lsn)]);
        }
        out.putInt(Bytes.wrap(bytes).crc32c(0, bytes.length - CRC_BYTES));
        return Bytes.wrap(bytes);
    }
}
