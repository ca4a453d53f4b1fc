package io.quorate.statemachine.raft;

import io.quorate.topology.ClusterId;
import io.quorate.wal.log.CorruptFormatException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Format of the calls between peers: {@code u8 version, u8 operation, 16 cluster id, 16 group id, u64 index} and back {@code u8
 * version, u64 first, u64 second, u64 third}. Failures are the transport's.
 */
final class PeerMessage {
    /** Operations by their code on the wire, which is their ordinal. */
    enum Operation {
        LOG_STATE,
        READ_INDEX,
        VERSIONS,
        LEADER_GONE,
        /** Of a node, not of a group: the group says nothing. */
        STAYS,
        /** Of a node, too: the group carries the caller's incarnation and its process, see {@link IdentityWatch}. */
        PRESENCE,
        RUNS
    }

    /** A question. */
    record Call(Operation operation, ClusterId cluster, UUID group, long index) {}

    private static final byte VERSION = 1;

    private PeerMessage() {}

    static byte[] encode(Call call) {
        UUID cluster = call.cluster().value();
        return ByteBuffer.allocate(2 + 5 * Long.BYTES)
                .put(VERSION)
                .put((byte) call.operation().ordinal())
                .putLong(cluster.getMostSignificantBits())
                .putLong(cluster.getLeastSignificantBits())
                .putLong(call.group().getMostSignificantBits())
                .putLong(call.group().getLeastSignificantBits())
                .putLong(call.index())
                .array();
    }

    /**
     * @throws UnknownOperationException if another build knows more operations
     * @throws CorruptFormatException if it is no call
     */
    static Call decodeCall(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            checkVersion(in.get());
            int code = in.get();
            if (code < 0 || code >= Operation.values().length) {
                throw new UnknownOperationException(code);
            }
            ClusterId cluster = new ClusterId(new UUID(in.getLong(), in.getLong()));
            return new Call(Operation.values()[code], cluster, new UUID(in.getLong(), in.getLong()), in.getLong());
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new CorruptFormatException("peer call of " + bytes.length + " bytes is damaged", e);
        }
    }

    static byte[] encodeAnswer(long first, long second, long third) {
        return ByteBuffer.allocate(1 + 3 * Long.BYTES)
                .put(VERSION)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .array();
    }

    /** Three numbers, whose meaning the operation gives. */
    static long[] decodeAnswer(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            checkVersion(in.get());
            return new long[] {in.getLong(), in.getLong(), in.getLong()};
        } catch (BufferUnderflowException e) {
            throw new CorruptFormatException("peer answer of " + bytes.length + " bytes is damaged", e);
        }
    }

    private static void checkVersion(byte version) {
        if (version != VERSION) {
            throw new CorruptFormatException("peer message of version " + version + "; this build knows " + VERSION);
        }
    }
}
