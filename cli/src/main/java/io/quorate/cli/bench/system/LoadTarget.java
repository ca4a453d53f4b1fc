package io.quorate.cli.bench.system;

import java.util.concurrent.CompletableFuture;

/**
 * One connection to a system under test.
 *
 * <p>Calls come from any thread, several at once. They must not wait for the answer; they may block for as long as the
 * system's own back-pressure does, which the generators then measure as latency. A returned future completes exceptionally when
 * the operation failed or its outcome is not known; the harness counts that by the exception's class. A call may
 * also throw, which counts the same.
 */
public interface LoadTarget extends AutoCloseable {
    /**
     * Appends one value durably; completes when the system acknowledged it.
     *
     * @param writer who writes, from 0
     * @param sequence distinct for each append of this writer, from 0
     * @param value never changed by the caller or by the target, so that it needs no copy
     */
    CompletableFuture<Void> append(int writer, long sequence, byte[] value);

    /**
     * Makes sure that {@link #read} finds something; called once, on one connection, before the first read.
     *
     * @param valueBytes size of a value
     */
    default void prepareReads(int valueBytes) {}

    /**
     * Reads what the system offers to read, as it was set up to; completes when the answer arrived.
     *
     * @param reader who reads, from 0
     * @param sequence distinct for each read of this reader, from 0
     */
    CompletableFuture<Void> read(int reader, long sequence);

    /** Ends the connection; operations that are still open end exceptionally. */
    @Override
    void close();
}
