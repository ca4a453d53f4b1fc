package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.ratis.thirdparty.io.grpc.KnownLength;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;

/**
 * Messages as the bytes that they are: written part by part into the transport's buffer (one copy), read into one array (one
 * copy).
 */
final class WireMarshaller implements MethodDescriptor.Marshaller<WireMessage> {
    static final WireMarshaller INSTANCE = new WireMarshaller();

    private WireMarshaller() {}

    @Override
    public InputStream stream(WireMessage message) {
        return new WireMessageStream(message);
    }

    @Override
    public WireMessage parse(InputStream stream) {
        try {
            byte[] bytes = stream instanceof KnownLength ? readKnown(stream) : stream.readAllBytes();
            return WireMessage.of(Bytes.wrap(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("message could not be read from the transport", e);
        }
    }

    private static byte[] readKnown(InputStream stream) throws IOException {
        byte[] bytes = new byte[stream.available()];
        int read = stream.readNBytes(bytes, 0, bytes.length);
        if (read != bytes.length) {
            throw new IOException("transport announced " + bytes.length + " bytes and gave " + read);
        }
        return bytes;
    }
}
