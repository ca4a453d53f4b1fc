package io.quorate.statemachine.client;

/** What happens to a request when the client has as many outstanding as it may. */
public enum BackPressure {
    /** The caller waits for room, until its deadline. */
    BLOCK,
    /** The request is rejected as {@link io.quorate.wal.log.RejectReason#QUEUE_FULL}. */
    REJECT
}
