package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.List;
import java.util.Objects;

/**
 * A call of an administrative operation.
 *
 * @param operation its name, for example {@code peers.add}
 * @param json its arguments as UTF-8 JSON
 */
public record AdminCall(String operation, Bytes json) {
    public AdminCall {
        Objects.requireNonNull(json, "json");
        if (operation.isEmpty() || operation.length() > 255) {
            throw new IllegalArgumentException("operation name of " + operation.length() + " characters");
        }
    }

    /** Frame: text operation, u32 length, JSON. */
    public WireMessage encode() {
        FrameWriter out = Envelope.begin(Envelope.ADMIN_CALL, 300 + json.length());
        out.text(operation).bytes(json);
        return Envelope.end(out, 1, List.of());
    }

    /** @throws CorruptFormatException if it is not a whole, intact call of a known version */
    public static AdminCall decode(Bytes message) {
        try {
            FrameReader in = Envelope.open(message, Envelope.ADMIN_CALL).single();
            AdminCall call = new AdminCall(in.text(), in.bytes());
            in.end();
            return call;
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("administrative call: " + e.getMessage(), e);
        }
    }
}
