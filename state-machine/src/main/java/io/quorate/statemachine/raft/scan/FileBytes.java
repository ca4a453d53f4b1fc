package io.quorate.statemachine.raft.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file read through one window that moves forward, 1 MiB or the largest piece asked for. Not mapped: an I/O error of a mapped
 * page is an error of the JVM, and a mapped file cannot be given back before it is cut.
 */
final class FileBytes implements ByteSource, AutoCloseable {
    private static final int WINDOW_BYTES = 1 << 20;

    private final FileChannel channel;
    private final long size;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;

    FileBytes(Path file) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        size = channel.size();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteBuffer at(long offset, int length) throws IOException {
        int wanted = (int) Math.min(length, size - offset);
        if (offset < windowStart || offset + wanted > windowStart + window.limit()) {
            fill(offset, wanted);
        }
        return window.slice((int) (offset - windowStart), wanted);
    }

    private void fill(long offset, int wanted) throws IOException {
        int capacity = (int) Math.min(Math.max(wanted, WINDOW_BYTES), size);
        if (window.capacity() < capacity) {
            window = ByteBuffer.allocate(capacity);
        }
        window.clear();
        windowStart = offset;
        while (window.hasRemaining()) {
            if (channel.read(window, windowStart + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        if (window.limit() < wanted) {
            throw new IOException("file became shorter while it was read, at " + offset + " of " + size + " bytes");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
