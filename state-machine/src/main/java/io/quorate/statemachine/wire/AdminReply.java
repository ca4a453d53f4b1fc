package io.quorate.statemachine.wire;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.List;
import java.util.Objects;

/** The answer to an {@link AdminCall}. */
public sealed interface AdminReply {
    /** It was done. */
    record Done(Bytes json) implements AdminReply {
        public Done {
            Objects.requireNonNull(json, "json");
        }
    }

    /**
     * It was refused or failed.
     *
     * @param error its name, for programs, for example {@code QUORUM_WOULD_BE_LOST}
     * @param message for people
     */
    record Failed(String error, String message) implements AdminReply {
        public Failed {
            Objects.requireNonNull(message, "message");
            if (error.isEmpty()) {
                throw new IllegalArgumentException("error without a name");
            }
        }
    }

    /** Frame: u8 0, u32 length, JSON; or u8 1, text error, text message. */
    default WireMessage encode() {
        FrameWriter out = Envelope.begin(Envelope.ADMIN_REPLY, 256);
        if (this instanceof Done done) {
            out.u8(0).bytes(done.json());
        } else if (this instanceof Failed failed) {
            out.u8(1).text(failed.error()).text(failed.message());
        } else {
            throw new AssertionError("unhandled: " + this);
        }
        return Envelope.end(out, 1, List.of());
    }

    /** @throws CorruptFormatException if it is not a whole, intact reply of a known version */
    static AdminReply decode(Bytes message) {
        try {
            FrameReader in = Envelope.open(message, Envelope.ADMIN_REPLY).single();
            int type = in.u8();
            if (type > 1) {
                throw new CorruptFormatException("administrative reply of unknown type " + type);
            }
            AdminReply reply = type == 0 ? new Done(in.bytes()) : new Failed(in.text(), in.text());
            in.end();
            return reply;
        } catch (IllegalArgumentException e) {
            throw new CorruptFormatException("administrative reply: " + e.getMessage(), e);
        }
    }
}
