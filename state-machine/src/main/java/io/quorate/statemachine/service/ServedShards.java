package io.quorate.statemachine.service;

import io.quorate.statemachine.host.ShardDirectory;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What the streams of a node share: who serves, what is served, and how much may be in work. Thread-safe. */
final class ServedShards {
    private final ServedNode identity;
    private final ShardDirectory directory;
    private final ShardLocator locator;
    private final StreamLimits limits;
    private final AtomicLong bytesInWork = new AtomicLong();

    ServedShards(ServedNode identity, ShardDirectory directory, ShardLocator locator, StreamLimits limits) {
        this.identity = Objects.requireNonNull(identity, "identity");
        this.directory = Objects.requireNonNull(directory, "directory");
        this.locator = Objects.requireNonNull(locator, "locator");
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    ServedNode identity() {
        return identity;
    }

    ShardDirectory directory() {
        return directory;
    }

    ShardLocator locator() {
        return locator;
    }

    StreamLimits limits() {
        return limits;
    }

    /** Takes room for requests; false if all streams together hold too much, then nothing is taken. */
    boolean takeRoom(long bytes) {
        if (bytesInWork.addAndGet(bytes) <= limits.maxTotalBytes()) {
            return true;
        }
        bytesInWork.addAndGet(-bytes);
        return false;
    }

    void giveRoomBack(long bytes) {
        bytesInWork.addAndGet(-bytes);
    }

    long bytesInWork() {
        return bytesInWork.get();
    }
}
