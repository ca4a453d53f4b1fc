package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Stretches of zero bytes: padding, or what a disk shows where a write did not arrive. Pure. */
final class Zeros {
    private static final int PIECE_BYTES = 1 << 20;

    private Zeros() {}

    /** First offset at or after {@code from}, and before {@code to}, that is not zero; {@code to} if there is none. */
    static long until(ByteSource bytes, long from, long to) throws IOException {
        for (long offset = from; offset < to; ) {
            ByteBuffer piece = bytes.at(offset, (int) Math.min(PIECE_BYTES, to - offset));
            int zeros = leading(piece);
            offset += zeros;
            if (zeros < piece.remaining()) {
                return offset;
            }
        }
        return to;
    }

    /** First offset behind the last byte at or after {@code from} that is not zero; {@code from} if there is none. */
    static long endOfContent(ByteSource bytes, long from) throws IOException {
        for (long end = bytes.size(); end > from; ) {
            int length = (int) Math.min(PIECE_BYTES, end - from);
            ByteBuffer piece = bytes.at(end - length, length);
            for (int i = length - 1; i >= 0; i--) {
                if (piece.get(i) != 0) {
                    return end - length + i + 1;
                }
            }
            end -= length;
        }
        return from;
    }

    private static int leading(ByteBuffer piece) {
        int length = piece.remaining();
        int i = 0;
        while (i + Long.BYTES <= length && piece.getLong(i) == 0) {
            i += Long.BYTES;
        }
        while (i < length && piece.get(i) == 0) {
            i++;
        }
        return i;
    }
}
