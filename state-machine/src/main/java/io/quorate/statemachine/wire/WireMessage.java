package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import java.util.List;

/** The bytes of one message, in parts, so that records need not be copied together before they are written. */
public final class WireMessage {
    private final List<Bytes> parts;
    private final int length;

    private WireMessage(List<Bytes> parts, int length) {
        this.parts = parts;
        this.length = length;
    }

    public static WireMessage of(Bytes whole) {
        return new WireMessage(List.of(whole), whole.length());
    }

    /** @throws IllegalArgumentException if the parts together exceed 2 GiB */
    static WireMessage of(List<Bytes> parts) {
        long length = 0;
        for (Bytes part : parts) {
            length += part.length();
        }
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("message of " + length + " bytes");
        }
        return new WireMessage(parts, (int) length);
    }

    public List<Bytes> parts() {
        return parts;
    }

    public int length() {
        return length;
    }

    /** The message in one piece; copies unless it is in one piece already. */
    public Bytes joined() {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        byte[] whole = new byte[length];
        int at = 0;
        for (Bytes part : parts) {
            part.copyTo(whole, at);
            at += part.length();
        }
        return Bytes.wrap(whole);
    }
}
