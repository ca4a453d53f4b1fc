package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;

/** Reads big-endian fields one after another; whatever is wrong is a {@link CorruptFormatException} that says where. */
final class KvReader {
    static final int VERSION = 1;

    private final String what;
    private final Bytes bytes;
    private int at;

    /** Begins behind the version and the kind. */
    KvReader(String what, Bytes bytes) {
        this.what = what;
        this.bytes = bytes;
        int version = u8();
        if (version != VERSION) {
            throw new CorruptFormatException(what + " of unknown version " + version + "; this build knows " + VERSION);
        }
    }

    int u8() {
        return bytes.at(advance(1)) & 0xff;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    int i32() {
        return bytes.intAt(advance(Integer.BYTES));
    }

    long i64() {
        return bytes.longAt(advance(Long.BYTES));
    }

    boolean flag() {
        int flag = u8();
        if (flag > 1) {
            throw new CorruptFormatException(what + ": flag " + flag + " at byte " + (at - 1));
        }
        return flag == 1;
    }

    Bytes key() {
        return slice(u16());
    }

    Bytes value() {
        return slice(i32());
    }

    Bytes slice(int length) {
        return bytes.slice(advance(length), length);
    }

    Bytes rest() {
        return slice(bytes.length() - at);
    }

    int left() {
        return bytes.length() - at;
    }

    /** Refuses a kind that this build does not know. */
    CorruptFormatException unknownKind(int kind) {
        return new CorruptFormatException(what + " of unknown kind " + kind + " at byte " + (at - 1));
    }

    /** Refuses values that contradict one another. */
    CorruptFormatException contradiction(IllegalArgumentException cause) {
        return new CorruptFormatException(what + " before byte " + at + ": " + cause.getMessage(), cause);
    }

    void end() {
        if (at != bytes.length()) {
            throw new CorruptFormatException(what + ": " + (bytes.length() - at) + " bytes after its end");
        }
    }

    private int advance(int length) {
        int from = at;
        if (length < 0 || length > bytes.length() - from) {
            throw new CorruptFormatException(
                    what + " ends within " + length + " bytes from byte " + from + ": it has " + bytes.length());
        }
        at = from + length;
        return from;
    }
}
