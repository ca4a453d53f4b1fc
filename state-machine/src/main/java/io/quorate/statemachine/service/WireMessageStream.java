package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.ratis.thirdparty.io.grpc.Drainable;
import org.apache.ratis.thirdparty.io.grpc.KnownLength;

/** A message on its way into the transport, which drains it and does not read it. */
final class WireMessageStream extends InputStream implements Drainable, KnownLength {
    private final WireMessage message;
    private Optional<InputStream> read = Optional.empty();
    private boolean drained;

    WireMessageStream(WireMessage message) {
        this.message = message;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        if (drained || read.isPresent()) {
            throw new IllegalStateException("message was read before");
        }
        drained = true;
        for (Bytes part : message.parts()) {
            part.writeTo(target);
        }
        return message.length();
    }

    @Override
    public int available() throws IOException {
        return drained ? 0 : read.isPresent() ? read.get().available() : message.length();
    }

    private InputStream reader() {
        if (drained) {
            return InputStream.nullInputStream();
        }
        if (read.isEmpty()) {
            read = Optional.of(new ByteArrayInputStream(message.joined().toArray()));
        }
        return read.get();
    }

    @Override
    public int read() throws IOException {
        return reader().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return reader().read(target, offset, length);
    }
}
