package io.quorate.statemachine.kv;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;

/** The stored form of a value: u8 format 1, u64 version (LSN that wrote it), value. */
final class KvRow {
    private static final int FORMAT = 1;
    private static final int HEADER_BYTES = 9;

    private KvRow() {}

    static Bytes encode(long version, Bytes value) {
        byte[] row = new byte[HEADER_BYTES + value.length()];
        ByteBuffer.wrap(row).put((byte) FORMAT).putLong(version);
        value.copyTo(row, HEADER_BYTES);
        return Bytes.wrap(row);
    }

    static KvEntry decode(Bytes key, Bytes row) {
        if (row.length() < HEADER_BYTES || row.at(0) != FORMAT) {
            throw new CorruptFormatException("row of key " + key + " is not of format " + FORMAT + ": " + row);
        }
        long version = row.longAt(1);
        if (version < 1) {
            throw new CorruptFormatException("row of key " + key + " is of version " + version + ": " + row);
        }
        return new KvEntry(key, row.slice(HEADER_BYTES, row.length() - HEADER_BYTES), version);
    }
}
