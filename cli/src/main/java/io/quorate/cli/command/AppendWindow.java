package io.quorate.cli.command;

import io.quorate.cli.node.Preset;
import io.quorate.wal.log.AppendOutcome;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/**
 * Appends whose outcome is not known yet, oldest first. No more than half of what the smallest queue of a shard takes by its preset: it
 * refuses what it has no room for, and what is sent again then may come behind later ones. One thread's.
 */
final class AppendWindow {
    /** Around a command, in the queue. */
    private static final int RECORD_BYTES = 128;

    private record Waiting(long bytes, CompletableFuture<AppendOutcome> outcome) {}

    private final int mostEntries;
    private final long mostBytes;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long bytes;

    AppendWindow() {
        this(Preset.leastQueueEntries() / 2, Preset.leastQueueBytes() / 2);
    }

    AppendWindow(int mostEntries, long mostBytes) {
        this.mostEntries = mostEntries;
        this.mostBytes = mostBytes;
    }

    /** Whether one more may be sent; alone, one of any size may. */
    boolean hasRoomFor(int length) {
        return waiting.isEmpty() || waiting.size() < mostEntries && bytes + length + RECORD_BYTES <= mostBytes;
    }

    void add(int length, CompletableFuture<AppendOutcome> outcome) {
        waiting.add(new Waiting(length + RECORD_BYTES, outcome));
        bytes += length + RECORD_BYTES;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Waits for the outcome of the oldest, which leaves. */
    AppendOutcome settleOldest() {
        Waiting oldest = waiting.remove();
        bytes -= oldest.bytes();
        return oldest.outcome().join();
    }
}
