package io.quorate.cli.command;

import io.quorate.wal.log.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Entries of a stream, by lines or by lengths. */
final class EntryReader {
    private static final int MAX_BYTES = 64 << 20;
    private static final int LENGTH_BYTES = 4;

    private final InputStream in;
    private final boolean framed;
    /** Bytes of whole entries that were read. */
    private long offset;

    EntryReader(InputStream in, boolean framed) {
        this.in = in;
        this.framed = framed;
    }

    /** The input is no sequence of entries; says at which byte. */
    static final class MalformedInputException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedInputException(long offset, String message) {
            super("byte " + offset + ": " + message);
        }
    }

    /** The next entry; empty at the end. */
    Optional<Bytes> next() throws IOException, MalformedInputException {
        return framed ? frame() : line();
    }

    private Optional<Bytes> frame() throws IOException, MalformedInputException {
        byte[] head = in.readNBytes(LENGTH_BYTES);
        if (head.length == 0) {
            return Optional.empty();
        }
        if (head.length < LENGTH_BYTES) {
            throw new MalformedInputException(
                    offset, "the input ends within the " + LENGTH_BYTES + " bytes of a frame's length");
        }
        int length = (head[0] & 0xff) << 24 | (head[1] & 0xff) << 16 | (head[2] & 0xff) << 8 | head[3] & 0xff;
        if (length < 0 || length > MAX_BYTES) {
            throw new MalformedInputException(
                    offset,
                    "a frame of " + Integer.toUnsignedLong(length) + " bytes, at most " + MAX_BYTES
                            + " are possible; is this input framed?");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new MalformedInputException(
                    offset, "the input ends after " + bytes.length + " of a frame's " + length + " bytes");
        }
        offset += LENGTH_BYTES + length;
        return Optional.of(Bytes.wrap(bytes));
    }

    private Optional<Bytes> line() throws IOException, MalformedInputException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c = in.read();
        if (c < 0) {
            return Optional.empty();
        }
        while (c >= 0 && c != '\n') {
            line.write(c);
            if (line.size() > MAX_BYTES) {
                throw new MalformedInputException(offset, "a line of more than " + MAX_BYTES + " bytes");
            }
            c = in.read();
        }
        offset += line.size() + 1L;
        return Optional.of(Bytes.wrap(line.toByteArray()));
    }
}
