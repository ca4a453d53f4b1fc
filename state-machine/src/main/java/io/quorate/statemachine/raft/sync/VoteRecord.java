package io.quorate.statemachine.raft.sync;

import io.quorate.wal.log.CorruptFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * What a peer has promised: the highest term it has seen and whom it voted for in it. Ratis keeps it in {@code raft-meta}, a text
 * without a checksum, where one flipped bit turns term 9 into term 1 and lets the peer vote twice; {@link VoteMirror} keeps this
 * copy beside it.
 *
 * <pre>
 *   0  u32  magic "QVOT"          4  u16  version, 1        6  u16  reserved, 0
 *   8  u64  term                 16  u16  length n of the peer id
 *  18  n bytes, UTF-8             18+n  u32  CRC32C of all before
 * </pre>
 *
 * @param term from 0
 * @param votedFor Ratis peer id; empty if it has not voted in the term; at most {@value #MAX_ID_BYTES} bytes of UTF-8
 */
public record VoteRecord(long term, String votedFor) {
    static final int MAX_ID_BYTES = 1024;

    private static final int MAGIC = 0x51564f54;
    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 18;

    public VoteRecord {
        Objects.requireNonNull(votedFor, "votedFor");
        if (term < 0) {
            throw new IllegalArgumentException("term < 0: " + term);
        }
        if (votedFor.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
            throw new IllegalArgumentException("peer id longer than " + MAX_ID_BYTES + " bytes: " + votedFor);
        }
    }

    /**
     * Whether a peer that has promised {@code earlier} may come to hold this: a later term, or the same with the same vote or with
     * the vote that was still open.
     */
    public boolean mayFollow(VoteRecord earlier) {
        return term > earlier.term
                || term == earlier.term && (earlier.votedFor.isEmpty() || earlier.votedFor.equals(votedFor));
    }

    public ByteBuffer encode() {
        byte[] id = votedFor.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + id.length + Integer.BYTES);
        out.putInt(MAGIC).putShort(VERSION).putShort((short) 0).putLong(term);
        out.putShort((short) id.length).put(id);
        out.putInt(checksum(out.duplicate().flip()));
        return out.flip();
    }

    /** @throws CorruptFormatException if the bytes are no intact record of a known version */
    public static VoteRecord decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        if (in.remaining() < HEADER_BYTES + Integer.BYTES || in.getInt(0) != MAGIC) {
            throw new CorruptFormatException("not a vote record: " + in.remaining() + " bytes without its magic");
        }
        if (in.getShort(4) != VERSION || in.getShort(6) != 0) {
            throw new CorruptFormatException("vote record of version " + in.getShort(4) + ", reserved " + in.getShort(6)
                    + "; this build knows version " + VERSION);
        }
        int length = Short.toUnsignedInt(in.getShort(16));
        if (in.remaining() != HEADER_BYTES + length + Integer.BYTES) {
            throw new CorruptFormatException(
                    "vote record of " + in.remaining() + " bytes with a peer id of " + length + " bytes");
        }
        int expected = in.getInt(HEADER_BYTES + length);
        int actual = checksum(in.duplicate().limit(HEADER_BYTES + length));
        long term = in.getLong(8);
        if (expected != actual || term < 0 || length > MAX_ID_BYTES) {
            throw new CorruptFormatException(
                    String.format("vote record has checksum %08x, its bytes have %08x", expected, actual));
        }
        byte[] id = new byte[length];
        in.get(HEADER_BYTES, id);
        return new VoteRecord(term, new String(id, StandardCharsets.UTF_8));
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
