package io.quorate.statemachine.raft.scan;

import java.nio.ByteBuffer;

/** Bytes in memory. */
record ArrayBytes(byte[] bytes) implements ByteSource {
    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public ByteBuffer at(long offset, int length) {
        return ByteBuffer.wrap(bytes).slice((int) offset, (int) Math.min(length, bytes.length - offset));
    }
}
