package io.quorate.wal.log;

import java.nio.ByteBuffer;

/**
 * The versions by which a shard's entries are applied, agreed on in the log itself: an entry of kind {@link EntryKind#VERSIONS}
 * raises them for all entries behind it, on every replica at the same LSN. Encoded, as payload of that entry and with the state:
 *
 * <pre>
 * offset size  big-endian
 *      0    4  magic "QVER"
 *      4    1  format, 1
 *      5    3  reserved, 0; else refused
 *      8    4  feature level
 *     12    4  apply version
 *     16    4  CRC32C of all before
 * </pre>
 *
 * @param featureLevel of what the log itself may hold, from 1
 * @param applyVersion of the user's apply function, from 1
 */
public record LogVersions(int featureLevel, int applyVersion) {
    /** What every log begins with where nothing else was agreed on. */
    public static final LogVersions FIRST = new LogVersions(1, 1);

    private static final int MAGIC = 0x51564552;
    private static final int FORMAT_AND_RESERVED = 1 << 24;
    private static final int BYTES = 20;
    private static final int CRC_AT = 16;

    public LogVersions {
        if (featureLevel < 1 || applyVersion < 1) {
            throw new IllegalArgumentException("feature level " + featureLevel + ", apply version " + applyVersion);
        }
    }

    /** True if neither is below the other's. */
    public boolean isAtLeast(LogVersions other) {
        return featureLevel >= other.featureLevel && applyVersion >= other.applyVersion;
    }

    /** The form that {@link #decode} reads. */
    public Bytes encode() {
        byte[] bytes = new byte[BYTES];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putInt(MAGIC).putInt(FORMAT_AND_RESERVED).putInt(featureLevel).putInt(applyVersion);
        out.putInt(Bytes.wrap(bytes).crc32c(0, CRC_AT));
        return Bytes.wrap(bytes);
    }

    /** @throws CorruptFormatException if the bytes are no intact versions of a known format */
    public static LogVersions decode(Bytes bytes) {
        if (bytes.length() != BYTES || bytes.intAt(0) != MAGIC || bytes.intAt(4) != FORMAT_AND_RESERVED) {
            throw new CorruptFormatException("versions " + bytes + " are not of format 1; written by a newer build?");
        }
        if (bytes.intAt(CRC_AT) != bytes.crc32c(0, CRC_AT)) {
            throw new CorruptFormatException("versions " + bytes + " have a wrong checksum");
        }
        try {
            return new LogVersions(bytes.intAt(8), bytes.intAt(12));
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("versions: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "feature level " + featureLevel + ", apply version " + applyVersion;
    }
}
