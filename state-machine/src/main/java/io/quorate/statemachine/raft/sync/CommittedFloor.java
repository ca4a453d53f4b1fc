package io.quorate.statemachine.raft.sync;

import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/**
 * A log index that this peer is known to have had on disk, kept beside the log, so that a scan after a crash can tell an unsynced
 * torn tail from the loss of synced entries.
 *
 * <p>It holds an <b>applied</b> index that was on disk. Ratis commits, and so applies, only up to its own flush index ({@code
 * RaftLogBase.updateCommitIndex}), but that one is stale while its log thread has a truncation before it: what is applied meanwhile
 * is committed by others' disks and lies in this peer's memory only. So whoever raises the floor looks at the flush index, which says
 * nothing while a truncation is under way ({@code LogDirectorySync.truncations}). Committed entries are never truncated; so every
 * entry up to the floor must be in the log or behind a snapshot for ever. Therefore the floor itself needs no fsync: whatever value
 * a crash leaves is a true one, only older. After a killed process it is the last one written; after a power loss it may be any
 * earlier one ({@link AppliedBound} says what was applied then at most).
 *
 * <pre>
 *   two slots, at 0 and 512, written in turn:
 *   0  u32  magic "QFLR"    4  u16  version, 1    6  u16  reserved, 0
 *   8  u64  sequence       16  i64  index        24  u32  CRC32C of all before
 * </pre>
 *
 * <p>Not thread-safe: owned by the thread that applies.
 */
public final class CommittedFloor implements AutoCloseable {
    /** No name that Ratis looks for. */
    public static final String FILE_NAME = "quorate-floor";

    private static final int MAGIC = 0x51464c52;
    private static final short VERSION = 1;
    private static final int RECORD_BYTES = 28;
    private static final int SLOT_BYTES = 512;
    private static final int FILE_BYTES = 2 * SLOT_BYTES;

    private final FileChannel channel;
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
    private long sequence;
    private long index;

    private CommittedFloor(FileChannel channel, long sequence, long index) {
        this.channel = channel;
        this.sequence = sequence;
        this.index = index;
    }

    /**
     * Opens the floor of a group, or makes one at -1.
     *
     * @param current the group's {@code current} directory
     * @throws CorruptFormatException if there is one and it is damaged; names the file
     */
    public static CommittedFloor open(Path current) throws IOException {
        Path file = current.resolve(FILE_NAME);
        Slot latest = readLatest(file);
        if (latest == null) {
            latest = new Slot(0, -1);
            ByteBuffer fresh = ByteBuffer.allocate(FILE_BYTES);
            encode(fresh, latest.sequence, latest.index);
            DurableFiles.writeAtomically(file, fresh.clear());
        }
        return new CommittedFloor(FileChannel.open(file, StandardOpenOption.WRITE), latest.sequence, latest.index);
    }

    /**
     * @return empty if there is none
     * @throws CorruptFormatException if there is one and it is damaged; names the file
     */
    public static OptionalLong read(Path current) throws IOException {
        Slot latest = readLatest(current.resolve(FILE_NAME));
        return latest == null ? OptionalLong.empty() : OptionalLong.of(latest.index);
    }

    /**
     * Raises the floor; a lower index changes nothing. One write of 28 bytes to the page cache, no fsync.
     *
     * @param appliedIndex of an entry that is applied, and on disk
     */
    public void advance(long appliedIndex) throws IOException {
        if (appliedIndex <= index) {
            return;
        }
        sequence++;
        index = appliedIndex;
        encode(record.clear(), sequence, index);
        record.flip();
        long offset = (sequence % 2) * SLOT_BYTES;
        while (record.hasRemaining()) {
            offset += channel.write(record, offset);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private record Slot(long sequence, long index) {}

    private static Slot readLatest(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return null;
        }
        if (bytes.length != FILE_BYTES) {
            throw damaged(file, "has " + bytes.length + " bytes, not " + FILE_BYTES);
        }
        Slot first = decode(file, ByteBuffer.wrap(bytes, 0, RECORD_BYTES).slice());
        Slot second =
                decode(file, ByteBuffer.wrap(bytes, SLOT_BYTES, RECORD_BYTES).slice());
        if (first == null && second == null) {
            throw damaged(file, "has no intact slot");
        }
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return first.sequence > second.sequence ? first : second;
    }

    private static void encode(ByteBuffer out, long sequence, long index) {
        int start = out.position();
        out.putInt(MAGIC)
                .putShort(VERSION)
                .putShort((short) 0)
                .putLong(sequence)
                .putLong(index);
        out.putInt(checksum(out.duplicate().position(start).limit(start + RECORD_BYTES - 4)));
    }

    /** @return null if the slot is not intact: sectors are written whole, so at most one of the two is not */
    private static Slot decode(Path file, ByteBuffer in) {
        if (in.getInt(0) != MAGIC
                || in.getInt(RECORD_BYTES - 4) != checksum(in.duplicate().limit(RECORD_BYTES - 4))) {
            return null;
        }
        if (in.getShort(4) != VERSION || in.getShort(6) != 0) {
            throw damaged(file, "is of version " + in.getShort(4) + "; this build knows version " + VERSION);
        }
        return new Slot(in.getLong(8), in.getLong(16));
    }

    private static CorruptFormatException damaged(Path file, String what) {
        return new CorruptFormatException(
                "committed floor " + file + " " + what
                        + "; it is only a cross-check of the log: if the log is known to be whole, remove this file and start again");
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
