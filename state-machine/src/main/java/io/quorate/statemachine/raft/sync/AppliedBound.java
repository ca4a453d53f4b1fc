package io.quorate.statemachine.raft.sync;

import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * An upper bound of what this peer ever applied, and so may have shown to somebody. {@link CommittedFloor} knows it exactly as long as the
 * machine runs: it is written for each entry before its effect shows, but not synced, so that a power loss leaves an older one. This
 * record, which is durable, tells how far the floor can be believed:
 *
 * <ul>
 *   <li>{@code RUNNING} under a boot of the machine: nothing above the higher of {@code index} and the floor was applied, if the machine
 *       was not booted since. If it was, nobody knows: whatever lies in the log may have been applied.
 *   <li>{@code PARKED}: nothing above {@code index} was ever applied, whatever happens to the machine. It is written when the replica
 *       parks, and taken back before it applies more.
 * </ul>
 *
 * <p>A file system that drops what it had in memory without a boot (it was shut down after an error, and mounted again) is taken for
 * one that did not. Where the kernel names no boot, each start counts as one.
 *
 * <pre>
 *   0  u32  magic "QBND"    4  u16  version, 1       6  u16  0 RUNNING, 1 PARKED
 *   8  2 x u64  boot       24  i64  index           32  u64  reserved, 0          40  u32  CRC32C of all before
 * </pre>
 *
 * @param state see above
 * @param boot of the machine under which it was written
 * @param index from -1
 */
public record AppliedBound(State state, UUID boot, long index) {
    /** What the record says. */
    public enum State {
        RUNNING,
        PARKED
    }

    /** No name that Ratis looks for. */
    public static final String FILE_NAME = "quorate-bound";

    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");
    /** Where the kernel names none: drawn once for this process, and so never that of an earlier one. */
    private static final UUID PROCESS = UUID.randomUUID();

    private static final int MAGIC = 0x51424e44;
    private static final short VERSION = 1;
    private static final int BYTES = 44;

    public AppliedBound {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(boot, "boot");
        if (index < -1) {
            throw new IllegalArgumentException("index < -1: " + index);
        }
    }

    /** Names the present boot of this machine. */
    public static UUID presentBoot() {
        try {
            return UUID.fromString(Files.readString(KERNEL).strip());
        } catch (IOException | IllegalArgumentException notLinux) {
            return PROCESS;
        }
    }

    /**
     * To be called after a look at a group's log and before Ratis opens it: what may have been applied before this boot is noted, durably.
     *
     * @param current the group's {@code current} directory
     * @param lastIndex last index of its log, or of its checkpoint if that is higher; -1 if there is neither
     * @param boot the present one
     * @throws CorruptFormatException if the record or the floor is damaged or newer; names the file
     */
    public static AppliedBound settle(Path current, long lastIndex, UUID boot) throws IOException {
        Optional<AppliedBound> found = read(current);
        if (found.isPresent() && found.get().holdsUnder(boot)) {
            return found.get();
        }
        long known = found.map(AppliedBound::index).orElse(-1L);
        long floor = CommittedFloor.read(current).orElse(-1);
        AppliedBound settled = new AppliedBound(State.RUNNING, boot, Math.max(Math.max(known, floor), lastIndex));
        settled.write(current);
        return settled;
    }

    /** The same for a group whose log nobody has looked at: anything may have been applied, unless there was nothing. */
    public static AppliedBound open(Path current, UUID boot) throws IOException {
        boolean fresh = read(current).isEmpty() && CommittedFloor.read(current).isEmpty();
        AppliedBound bound = settle(current, fresh ? -1 : Long.MAX_VALUE, boot);
        return new AppliedBound(bound.state, boot, bound.index);
    }

    private boolean holdsUnder(UUID presentBoot) {
        return state == State.PARKED || boot.equals(presentBoot);
    }

    /** Empty if there is none: a group that no such build has opened yet. */
    static Optional<AppliedBound> read(Path current) throws IOException {
        Path file = current.resolve(FILE_NAME);
        try {
            return Optional.of(decode(file, ByteBuffer.wrap(Files.readAllBytes(file))));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /** Durable when it returns. */
    public void write(Path current) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.putInt(MAGIC)
                .putShort(VERSION)
                .putShort((short) state.ordinal())
                .putLong(boot.getMostSignificantBits())
                .putLong(boot.getLeastSignificantBits())
                .putLong(index)
                .putLong(0);
        out.putInt(checksum(out.duplicate().flip()));
        DurableFiles.writeAtomically(current.resolve(FILE_NAME), out.flip());
    }

    private static AppliedBound decode(Path file, ByteBuffer in) {
        if (in.remaining() != BYTES || in.getInt(0) != MAGIC) {
            throw damaged(
                    file, "is none: it has " + in.remaining() + " bytes, not " + BYTES + ", or another beginning");
        }
        if (in.getInt(BYTES - 4) != checksum(in.duplicate().limit(BYTES - 4))) {
            throw damaged(file, "has another checksum than its content");
        }
        int state = in.getShort(6);
        if (in.getShort(4) != VERSION || state < 0 || state >= State.values().length || in.getLong(32) != 0) {
            throw damaged(file, "is of version " + in.getShort(4) + "; this build knows version " + VERSION);
        }
        return new AppliedBound(State.values()[state], new UUID(in.getLong(8), in.getLong(16)), in.getLong(24));
    }

    private static CorruptFormatException damaged(Path file, String what) {
        return new CorruptFormatException(
                "bound of what was applied, " + file + ", " + what
                        + "; it is needed only to skip entries: remove it and start again, then none that lies in the log now can be skipped");
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
