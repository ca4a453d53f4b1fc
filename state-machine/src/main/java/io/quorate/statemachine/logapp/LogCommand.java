package io.quorate.statemachine.logapp;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A change of the log. Encoded as u8 version 1, u8 kind, then for 1 (append) the data, for 2 (truncate) u64 LSN, big-endian.
 */
public sealed interface LogCommand {
    /** Entries that one truncation removes at most. */
    int MAX_TRUNCATED = 10_000;

    /** Keeps the data under the LSN that it is given. Answered with no bytes. */
    record Append(Bytes data) implements LogCommand {
        public Append {
            Objects.requireNonNull(data, "data");
        }
    }

    /**
     * Removes the oldest entries below an LSN, at most {@link #MAX_TRUNCATED} of them. Answered with {@link LogTruncation}: while it
     * says that more are left, repeat the command.
     */
    record TruncateBelow(Lsn lsn) implements LogCommand {
        public TruncateBelow {
            Objects.requireNonNull(lsn, "lsn");
        }
    }

    static Append append(Bytes data) {
        return new Append(data);
    }

    static TruncateBelow truncateBelow(Lsn lsn) {
        return new TruncateBelow(lsn);
    }

    default Bytes encode() {
        if (this instanceof Append append) {
            byte[] bytes = new byte[Math.addExact(2, append.data().length())];
            bytes[0] = LogFormat.VERSION;
            bytes[1] = LogFormat.APPEND;
            append.data().copyTo(bytes, 2);
            return Bytes.wrap(bytes);
        }
        if (this instanceof TruncateBelow truncate) {
            ByteBuffer out = ByteBuffer.allocate(2 + Long.BYTES);
            out.put(LogFormat.VERSION)
                    .put(LogFormat.TRUNCATE)
                    .putLong(truncate.lsn().value());
            return Bytes.wrap(out.array());
        }
        throw new AssertionError("unhandled: " + this);
    }

    /** @throws CorruptFormatException if the bytes are no command of a known version */
    static LogCommand decode(Bytes bytes) {
        int kind = LogFormat.kind("log command", bytes);
        if (kind == LogFormat.APPEND) {
            return new Append(bytes.slice(2, bytes.length() - 2));
        }
        if (kind == LogFormat.TRUNCATE) {
            LogFormat.checkLength("log command to truncate", bytes, 2 + Long.BYTES);
            return new TruncateBelow(LogFormat.lsn("log command to truncate", bytes.longAt(2)));
        }
        throw new CorruptFormatException("log command of unknown kind " + kind);
    }
}
