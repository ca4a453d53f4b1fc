package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes of one file, which does not change meanwhile. Not thread-safe. */
interface ByteSource {
    long size();

    /**
     * The bytes from {@code offset}, fewer than {@code length} only at the end. Big-endian, read-only use, valid until the next call.
     *
     * @param offset 0 to size
     */
    ByteBuffer at(long offset, int length) throws IOException;
}
