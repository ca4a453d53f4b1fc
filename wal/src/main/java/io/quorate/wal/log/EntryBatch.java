package io.quorate.wal.log;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What one consensus entry carries: the records of many writers, and the identity and cluster time that they were logged
 * under. Encoded:
 *
 * <pre>
 * offset size  big-endian
 *      0    4  magic "QBAT"
 *      4    1  version, 1
 *      5    1  flags, 0; a set bit that is not known is refused
 *      6    2  header length, 64
 *      8   16  cluster id
 *     24    8  generation of the shard
 *     32    8  cluster time in milliseconds
 *     40    4  number of records
 *     44    4  bytes of records
 *     48   12  reserved, 0 (trace context, compression, key id); refused otherwise
 *     60    4  CRC32C of bytes 0 to 60
 *     64    .  records ({@link LogRecord}), each with a checksum of its own
 * </pre>
 *
 * @param cluster cluster of the shard
 * @param generation life of the shard
 * @param clusterTimeMillis time by which sessions expire; never goes back within a shard
 * @param records at least one
 */
public record EntryBatch(ClusterId cluster, Generation generation, long clusterTimeMillis, List<LogRecord> records) {
    public static final int HEADER_BYTES = 64;

    private static final int MAGIC = 0x51424154;
    private static final int VERSION = 1;
    private static final int CRC_AT = 60;

    public EntryBatch {
        records = List.copyOf(records);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("batch without records");
        }
        if (clusterTimeMillis < 0) {
            throw new IllegalArgumentException("cluster time < 0: " + clusterTimeMillis);
        }
    }

    /** The form that {@link #decode} reads; the records in it are the bytes that their writers made. */
    public Bytes encode() {
        int bodyBytes = records.stream().mapToInt(LogRecord::length).reduce(0, Math::addExact);
        byte[] bytes = new byte[Math.addExact(HEADER_BYTES, bodyBytes)];
        ByteBuffer out = ByteBuffer.wrap(bytes);
        out.putInt(MAGIC).put((byte) VERSION).put((byte) 0).putShort((short) HEADER_BYTES);
        UUID id = cluster.value();
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        out.putLong(generation.value())
                .putLong(clusterTimeMillis)
                .putInt(records.size())
                .putInt(bodyBytes);
        out.putInt(CRC_AT, Bytes.wrap(bytes, 0, CRC_AT).crc32c());
        int at = HEADER_BYTES;
        for (LogRecord record : records) {
            record.encoded().copyTo(bytes, at);
            at += record.length();
        }
        return Bytes.wrap(bytes);
    }

    /**
     * Decodes and checks everything but whether the identity is the expected one.
     *
     * @throws CorruptFormatException if the bytes are not a whole, intact batch of a known version
     */
    public static EntryBatch decode(Bytes bytes) {
        if (bytes.length() < HEADER_BYTES) {
            throw new CorruptFormatException("batch of " + bytes.length() + " bytes, header is " + HEADER_BYTES);
        }
        ByteBuffer in = bytes.buffer();
        if (in.getInt(0) != MAGIC) {
            throw new CorruptFormatException(String.format("not a Quorate batch: magic %08x", in.getInt(0)));
        }
        if (in.get(4) != VERSION || in.get(5) != 0 || in.getShort(6) != HEADER_BYTES) {
            throw new CorruptFormatException("batch of version " + in.get(4) + ", flags " + in.get(5)
                    + ", header length " + in.getShort(6) + "; this build knows version " + VERSION);
        }
        int crc = bytes.slice(0, CRC_AT).crc32c();
        if (crc != in.getInt(CRC_AT)) {
            throw new CorruptFormatException(
                    String.format("batch header: checksum %08x, computed %08x", in.getInt(CRC_AT), crc));
        }
        if (in.getLong(48) != 0 || in.getInt(56) != 0) {
            throw new CorruptFormatException("batch header: reserved bytes are set; written by a newer version?");
        }
        int count = in.getInt(40);
        int bodyBytes = in.getInt(44);
        if (count < 1 || bodyBytes != bytes.length() - HEADER_BYTES) {
            throw new CorruptFormatException("batch of " + count + " records in " + bodyBytes + " bytes, but "
                    + (bytes.length() - HEADER_BYTES) + " bytes follow its header");
        }
        List<LogRecord> records = decodeRecords(bytes, count);
        try {
            ClusterId cluster = new ClusterId(new UUID(in.getLong(8), in.getLong(16)));
            return new EntryBatch(cluster, new Generation(in.getLong(24)), in.getLong(32), records);
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("batch header: " + e.getMessage(), e);
        }
    }

    private static List<LogRecord> decodeRecords(Bytes bytes, int count) {
        int at = HEADER_BYTES;
        List<LogRecord> records = new ArrayList<>(Math.min(count, bytes.length() / LogRecord.HEADER_BYTES));
        for (int i = 0; i < count; i++) {
            LogRecord record = LogRecord.decode(bytes, at);
            records.add(record);
            at += record.length();
        }
        if (at != bytes.length()) {
            throw new CorruptFormatException("batch: " + (bytes.length() - at) + " bytes after its last record");
        }
        return records;
    }
}
