package io.quorate.statemachine.logapp;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;

/**
 * What a truncation did. Encoded as u8 version 1, u8 0, u32 removed, u8 more; big-endian.
 *
 * @param removed entries, from 0
 * @param more true if entries below the LSN are left: repeat the command
 */
public record LogTruncation(int removed, boolean more) {
    private static final int BYTES = 7;

    public LogTruncation {
        if (removed < 0) {
            throw new IllegalArgumentException("removed < 0: " + removed);
        }
    }

    /** The form that {@link #decode} reads. */
    public Bytes encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).put(LogFormat.VERSION).put((byte) 0);
        return Bytes.wrap(out.putInt(removed).put((byte) (more ? 1 : 0)).array());
    }

    /** @throws CorruptFormatException if the bytes are no truncation of a known version */
    public static LogTruncation decode(Bytes bytes) {
        if (LogFormat.kind("log truncation", bytes) != 0) {
            throw new CorruptFormatException("log truncation of unknown kind " + bytes.at(1));
        }
        LogFormat.checkLength("log truncation", bytes, BYTES);
        if (bytes.intAt(2) < 0 || bytes.at(6) < 0 || bytes.at(6) > 1) {
            throw new CorruptFormatException("log truncation " + bytes);
        }
        return new LogTruncation(bytes.intAt(2), bytes.at(6) == 1);
    }
}
