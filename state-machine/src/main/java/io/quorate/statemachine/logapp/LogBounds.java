package io.quorate.statemachine.logapp;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;

/**
 * Where the kept entries begin and end. Encoded as u8 version 1, u8 0, u64 first, u64 last.
 *
 * @param first LSN of the oldest entry kept; zero if none is
 * @param last LSN of the youngest; zero if none is
 */
public record LogBounds(Lsn first, Lsn last) {
    /** Of a log that keeps no entry. */
    public static final LogBounds EMPTY = new LogBounds(Lsn.ZERO, Lsn.ZERO);

    private static final int BYTES = 2 + 2 * Long.BYTES;

    public LogBounds {
        if (first.compareTo(last) > 0 || (first.value() == 0) != (last.value() == 0)) {
            throw new IllegalArgumentException("log from " + first + " to " + last);
        }
    }

    /** Whether there is no entry. */
    public boolean isEmpty() {
        return last.value() == 0;
    }

    /** The form that {@link #decode} reads. */
    public Bytes encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).put(LogFormat.VERSION).put((byte) 0);
        return Bytes.wrap(out.putLong(first.value()).putLong(last.value()).array());
    }

    /** @throws CorruptFormatException if the bytes are no bounds of a known version */
    public static LogBounds decode(Bytes bytes) {
        if (LogFormat.kind("log bounds", bytes) != 0) {
            throw new CorruptFormatException("log bounds of unknown kind " + bytes.at(1));
        }
        LogFormat.checkLength("log bounds", bytes, BYTES);
        Lsn first = LogFormat.lsn("log bounds", bytes.longAt(2));
        try {
            return new LogBounds(first, LogFormat.lsn("log bounds", bytes.longAt(10)));
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("log bounds: " + e.getMessage(), e);
        }
    }
}
