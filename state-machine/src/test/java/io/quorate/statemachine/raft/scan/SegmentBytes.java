package io.quorate.statemachine.raft.scan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/** Builds a segment as Ratis writes it, in memory. */
final class SegmentBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    SegmentBytes() {
        out.writeBytes(SegmentWalk.MAGIC);
    }

    static byte[] frame(long term, long index, byte[] data) {
        byte[] entry = LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
                .build()
                .toByteArray();
        return frame(entry);
    }

    /** Any bytes as an entry, with the right length and checksum. */
    static byte[] frame(byte[] entry) {
        try {
            ByteBuffer frame = ByteBuffer.allocate(FrameDecoder.lengthBytes(entry.length) + entry.length + 4);
            CodedOutputStream encoder = CodedOutputStream.newInstance(frame);
            encoder.writeUInt32NoTag(entry.length);
            encoder.writeRawBytes(entry);
            encoder.flush();
            frame.putInt(FrameDecoder.checksum(frame.duplicate().flip()));
            return frame.array();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    SegmentBytes append(long term, long index, byte[] data) {
        return raw(frame(term, index, data));
    }

    SegmentBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    SegmentBytes zeros(int count) {
        return raw(new byte[count]);
    }

    int size() {
        return out.size();
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
