package io.quorate.statemachine.logapp;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A question to the log. Encoded as u8 version 1, u8 kind, then for 1 (read) u64 LSN, u32 entries, u32 bytes, for 2 (bounds) nothing;
 * big-endian.
 */
public sealed interface LogQuery {
    int MAX_ENTRIES = 10_000;
    int MAX_BYTES = 4 << 20;

    /**
     * Entries from an LSN on, in order; answered with a {@link LogPage}.
     *
     * @param from LSN of the first entry wanted; where it is not kept, the next that is
     * @param maxEntries 1 to {@link #MAX_ENTRIES}
     * @param maxBytes data wanted at most, 1 to {@link #MAX_BYTES}; exceeded by a page of one entry only
     */
    record Read(Lsn from, int maxEntries, int maxBytes) implements LogQuery {
        public Read {
            Objects.requireNonNull(from, "from");
            if (maxEntries < 1 || maxEntries > MAX_ENTRIES || maxBytes < 1 || maxBytes > MAX_BYTES) {
                throw new IllegalArgumentException("read of " + maxEntries + " entries (1 to " + MAX_ENTRIES + ") and "
                        + maxBytes + " bytes (1 to " + MAX_BYTES + ")");
            }
        }
    }

    /** First and last LSN kept; answered with {@link LogBounds}. */
    record Bounds() implements LogQuery {}

    /** Reads on from an LSN, up to 1 MiB. */
    static Read read(Lsn from) {
        return new Read(from, MAX_ENTRIES, 1 << 20);
    }

    static Bounds bounds() {
        return new Bounds();
    }

    default Bytes encode() {
        if (this instanceof Read read) {
            ByteBuffer out = ByteBuffer.allocate(18).put(LogFormat.VERSION).put(LogFormat.READ);
            out.putLong(read.from().value()).putInt(read.maxEntries()).putInt(read.maxBytes());
            return Bytes.wrap(out.array());
        }
        if (this instanceof Bounds) {
            return Bytes.wrap(new byte[] {LogFormat.VERSION, LogFormat.BOUNDS});
        }
        throw new AssertionError("unhandled: " + this);
    }

    /** @throws CorruptFormatException if the bytes are no query of a known version */
    static LogQuery decode(Bytes bytes) {
        int kind = LogFormat.kind("log query", bytes);
        if (kind == LogFormat.BOUNDS) {
            LogFormat.checkLength("log query for bounds", bytes, 2);
            return new Bounds();
        }
        if (kind != LogFormat.READ) {
            throw new CorruptFormatException("log query of unknown kind " + kind);
        }
        LogFormat.checkLength("log read", bytes, 18);
        Lsn from = LogFormat.lsn("log read", bytes.longAt(2));
        try {
            return new Read(from, bytes.intAt(10), bytes.intAt(14));
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("log query: " + e.getMessage(), e);
        }
    }
}
