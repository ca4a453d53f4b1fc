package io.quorate.tests.history;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Writes a history file while the operations happen.
 *
 * <p>Thread-safe. Time is taken and the line written under one lock, so lines stand in the file in the order of their
 * times and no two have the same. A cut-off file (the recording process died) is therefore the history up to that
 * moment, except for a torn last line, which a reader refuses.
 *
 * <p>Memory is one output buffer of 64 KiB and nothing per operation. After an I/O error nothing more is recorded and
 * every further call throws: a history with a gap would accuse an innocent system.
 */
public final class HistoryRecorder implements AutoCloseable {
    private final LongSupplier nanoClock;
    private final OutputStream out;

    private long processes;
    private long lastNanos = Long.MIN_VALUE;
    private boolean closed;
    private IOException failure;

    HistoryRecorder(OutputStream out, LongSupplier nanoClock) {
        this.out = new BufferedOutputStream(Objects.requireNonNull(out, "out"), 1 << 16);
        this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
    }

    /**
     * Starts a history in a new file, timed by {@link System#nanoTime()}.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the file is there: a history is never written over
     * @throws IOException if it cannot be created
     */
    public static HistoryRecorder create(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new HistoryRecorder(out, System::nanoTime);
    }

    /** A new logical client, which has one operation open at a time; a client with more in flight takes several. */
    public ProcessRecorder newProcess() {
        return new ProcessRecorder(this, newProcessId());
    }

    synchronized long newProcessId() {
        return processes++;
    }

    /** Appends one line; only {@link ProcessRecorder} and {@link Invocation} know that it comes in the right order. */
    synchronized void record(long process, EventType type, String key, RegisterAction action) {
        if (closed) {
            throw new IllegalStateException("the recorder is closed; process " + process + " came too late");
        }
        throwFailure();
        long now = Math.max(nanoClock.getAsLong(), lastNanos + 1);
        try {
            out.write(EventCodec.encode(new HistoryEvent(process, type, key, action, now)));
        } catch (IOException e) {
            failure = e;
            throwFailure();
        }
        lastNanos = now;
    }

    /**
     * Hands to the operating system what is recorded so far.
     *
     * @throws UncheckedIOException if this or an earlier write failed
     */
    public synchronized void flush() {
        throwFailure();
        try {
            out.flush();
        } catch (IOException e) {
            failure = e;
            throwFailure();
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw new UncheckedIOException("the history is incomplete: a line could not be written", failure);
        }
    }

    /**
     * Writes what is buffered and closes the file; operations still open are read as INFO. Closing again does nothing.
     *
     * @throws IOException if this or an earlier write failed, so that nobody takes the file for whole
     */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (OutputStream closing = out) {
            if (failure != null) {
                throw new IOException("the history is incomplete: a line could not be written", failure);
            }
            closing.flush();
        }
    }
}
