package io.quorate.tests.history;

import java.util.Objects;

/**
 * One line of a history.
 *
 * @param process the logical client, 0 or more
 * @param type what the line says of the operation
 * @param key the key it works on
 * @param action what it does; a {@link RegisterAction.Read} has a value only when {@code type} is OK
 * @param timeNanos when, in nanoseconds of a monotonic clock with any origin; below {@link Long#MAX_VALUE}
 */
public record HistoryEvent(long process, EventType type, String key, RegisterAction action, long timeNanos) {
    public HistoryEvent {
        if (process < 0) {
            throw new IllegalArgumentException("process < 0: " + process);
        }
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(action, "action");
        if (timeNanos == Long.MAX_VALUE) {
            throw new IllegalArgumentException("time is the largest long, which stands for never");
        }
        if (type != EventType.OK && action instanceof RegisterAction.Read read && read.value() != null) {
            throw new IllegalArgumentException("a read has a value only when it is ok, not on " + type.fileName());
        }
    }
}
