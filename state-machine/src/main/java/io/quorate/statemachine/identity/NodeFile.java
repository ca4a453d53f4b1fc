package io.quorate.statemachine.identity;

import io.quorate.statemachine.identity.DataDirectoryException.Problem;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.wal.log.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Format of the identity file {@code NODE}. Pure. Numbers are big-endian.
 *
 * <pre>
 *    0   8  magic "QUORNODE"
 *    8   2  version, 1
 *   10   2  reserved, written as zero; other values mean a feature that this version does not know, and are refused
 *   12   8  incarnation, not zero
 *   20  16  cluster id; the nil UUID while in no cluster
 *   36   1  length n of the node's name, 1 to 63
 *   37   n  name of the node, ASCII
 * 37+n   4  CRC32C of all before
 * </pre>
 *
 * A version above 1 is refused as such even if the rest cannot be read: magic and version keep their place for ever.
 */
final class NodeFile {
    static final int VERSION = 1;
    private static final long MAGIC = 0x51554F524E4F4445L;
    private static final int NAME_AT = 37;

    private NodeFile() {}

    static Bytes encode(NodeIdentity identity) {
        byte[] name = identity.node().value().getBytes(StandardCharsets.US_ASCII);
        UUID cluster = identity.cluster().map(ClusterId::value).orElse(new UUID(0, 0));
        byte[] file = new byte[NAME_AT + name.length + Integer.BYTES];
        ByteBuffer out = ByteBuffer.wrap(file);
        out.putLong(MAGIC).putShort((short) VERSION).putShort((short) 0);
        out.putLong(identity.incarnation().value());
        out.putLong(cluster.getMostSignificantBits()).putLong(cluster.getLeastSignificantBits());
        out.put((byte) name.length).put(name);
        out.putInt(Bytes.wrap(file, 0, out.position()).crc32c());
        return Bytes.wrap(file);
    }

    /** @param path named in the message of a refusal */
    static NodeIdentity decode(Bytes file, Path path) {
        ByteBuffer in = file.buffer();
        if (in.remaining() < 10 || in.getLong(0) != MAGIC) {
            throw damaged(path, "it does not begin with the magic of a node file");
        }
        int version = Short.toUnsignedInt(in.getShort(8));
        if (version > VERSION) {
            throw new DataDirectoryException(
                    Problem.NEWER_VERSION,
                    path + " is of version " + version + ", this software knows up to " + VERSION
                            + ": a newer release wrote it, run that release or a later one");
        }
        int nameLength = in.remaining() > NAME_AT ? in.get(NAME_AT - 1) : -1;
        if (nameLength < 1 || file.length() != NAME_AT + nameLength + Integer.BYTES) {
            throw damaged(path, "its length " + file.length() + " does not fit a name of " + nameLength + " bytes");
        }
        int checked = NAME_AT + nameLength;
        if (in.getInt(checked) != file.slice(0, checked).crc32c()) {
            throw damaged(path, "its checksum is wrong");
        }
        if (version < 1 || in.getShort(10) != 0) {
            throw damaged(path, "its header says version " + version + ", reserved " + in.getShort(10));
        }
        return fields(in, nameLength, path);
    }

    private static NodeIdentity fields(ByteBuffer in, int nameLength, Path path) {
        byte[] name = new byte[nameLength];
        in.get(NAME_AT, name);
        UUID cluster = new UUID(in.getLong(20), in.getLong(28));
        boolean none = cluster.equals(new UUID(0, 0));
        try {
            return new NodeIdentity(
                    new NodeId(new String(name, StandardCharsets.US_ASCII)),
                    new Incarnation(in.getLong(12)),
                    none ? Optional.empty() : Optional.of(new ClusterId(cluster)));
        } catch (IllegalArgumentException e) {
            throw new DataDirectoryException(Problem.DAMAGED, path + " is damaged: " + e.getMessage(), e);
        }
    }

    private static DataDirectoryException damaged(Path path, String how) {
        return new DataDirectoryException(
                Problem.DAMAGED,
                path + " is damaged: " + how + ". Put the file back from a backup of this very directory; or move the"
                        + " directory away, start the node on an empty one (it comes back as a new peer), and let it"
                        + " catch up from its peers");
    }
}
