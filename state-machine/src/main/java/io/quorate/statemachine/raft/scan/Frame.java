package io.quorate.statemachine.raft.scan;

/** What stands at one offset of a segment, from {@link FrameDecoder}. */
sealed interface Frame {
    /**
     * An intact entry.
     *
     * @param length bytes of the whole frame
     */
    record Entry(int length, long term, long index) implements Frame {}

    /** The file ends here. */
    record End() implements Frame {}

    /** A zero byte, where a length should be: padding, or something that was lost. */
    record Zero() implements Frame {}

    /**
     * The file ends inside the frame.
     *
     * @param length bytes that the frame should have; 0 if even the length is cut
     */
    record CutShort(long length) implements Frame {}

    /** No length that Ratis could have written: more than five bytes, not the shortest form, 0, or above the limit. */
    record BadLength(String detail) implements Frame {}

    /** All bytes are there, but the checksum is that of others. */
    record BadChecksum(int length, int stored, int computed) implements Frame {}

    /** The checksum is right, but the bytes are no log entry. */
    record Unreadable(int length, String detail) implements Frame {}
}
