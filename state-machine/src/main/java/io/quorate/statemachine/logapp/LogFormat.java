package io.quorate.statemachine.logapp;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;

/** What the log application's messages have in common. */
final class LogFormat {
    static final byte VERSION = 1;
    static final byte APPEND = 1;
    static final byte TRUNCATE = 2;
    static final byte READ = 1;
    static final byte BOUNDS = 2;

    private LogFormat() {}

    /** Checks the version and returns the kind. */
    static int kind(String what, Bytes bytes) {
        if (bytes.length() < 2) {
            throw new CorruptFormatException(what + " of " + bytes.length() + " bytes");
        }
        if (bytes.at(0) != VERSION) {
            throw new CorruptFormatException(
                    what + " of unknown version " + (bytes.at(0) & 0xff) + "; this build knows " + VERSION);
        }
        return bytes.at(1) & 0xff;
    }

    static void checkLength(String what, Bytes bytes, int expected) {
        if (bytes.length() != expected) {
            throw new CorruptFormatException(what + " of " + bytes.length() + " bytes, not " + expected);
        }
    }

    static Lsn lsn(String what, long value) {
        if (value < 0) {
            throw new CorruptFormatException(what + " with lsn " + value);
        }
        return new Lsn(value);
    }

    /** Key of an entry: its LSN as u64, so that keys are in LSN order. */
    static Bytes key(long lsn) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(lsn).array());
    }

    static Lsn lsnOf(Bytes key) {
        checkLength("key of a log entry", key, Long.BYTES);
        return lsn("key of a log entry", key.longAt(0));
    }
}
