package io.quorate.statemachine.store;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;

/**
 * How far a state has come. Stored in the same atomic write as the data.
 *
 * @param lsn last LSN applied
 * @param term consensus term of the last consensus entry applied
 * @param index consensus index of the last consensus entry applied, from 0; -1 before the first
 * @param clusterTimeMillis cluster time of the last batch applied
 */
public record Position(Lsn lsn, long term, long index, long clusterTimeMillis) {
    /** Before anything was applied. */
    public static final Position START = new Position(Lsn.ZERO, 0, -1, 0);

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + 4 * Long.BYTES + Integer.BYTES;

    public Position {
        if (term < 0 || index < -1 || clusterTimeMillis < 0) {
            throw new IllegalArgumentException(
                    "position at term " + term + ", index " + index + ", cluster time " + clusterTimeMillis);
        }
    }

    /** u8 version, u64 lsn, u64 term, u64 index, u64 cluster time, u32 CRC32C of all before. */
    public Bytes encode() {
        byte[] bytes = new byte[BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.put(VERSION).putLong(lsn.value()).putLong(term).putLong(index).putLong(clusterTimeMillis);
        out.putInt(Bytes.wrap(bytes, 0, BYTES - 4).crc32c());
        return Bytes.wrap(bytes);
    }

    /** @throws CorruptFormatException if the bytes are no intact position of a known version */
    public static Position decode(Bytes bytes) {
        if (bytes.length() != BYTES || bytes.at(0) != VERSION) {
            throw new CorruptFormatException("stored position " + bytes + " is not of version " + VERSION);
        }
        ByteBuffer in = bytes.buffer();
        if (in.getInt(BYTES - 4) != bytes.slice(0, BYTES - 4).crc32c()) {
            throw new CorruptFormatException("stored position " + bytes + " has a wrong checksum");
        }
        try {
            return new Position(new Lsn(in.getLong(1)), in.getLong(9), in.getLong(17), in.getLong(25));
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("stored position " + bytes + ": " + e.getMessage(), e);
        }
    }
}
