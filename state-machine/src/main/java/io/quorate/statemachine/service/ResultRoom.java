package io.quorate.statemachine.service;

/**
 * Room for results of queries between their making and the transport, in one stream and, with the requests, in all of a node. How large
 * a result is shows only once it is there: one for which there is no room is dropped, and the query refused. Thread-safe.
 */
final class ResultRoom {
    private final ServedShards served;
    private long bytes;
    private boolean closed;

    ResultRoom(ServedShards served) {
        this.served = served;
    }

    /** True if the client must read before further queries are worth the work. */
    synchronized boolean isFull() {
        return bytes >= served.limits().maxBytes();
    }

    /** Takes room for a result; false if there is none. A stream that holds no other result has room for any, if the node has. */
    synchronized boolean take(long length) {
        boolean fits = bytes == 0 || bytes + length <= served.limits().maxBytes();
        if (closed || !fits || !served.takeRoom(length)) {
            return false;
        }
        bytes += length;
        return true;
    }

    /** A result was given to the transport. */
    synchronized void giveBack(long length) {
        if (!closed) {
            bytes -= length;
            served.giveRoomBack(length);
        }
    }

    /** The stream has ended: nothing more is written. Idempotent. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            served.giveRoomBack(bytes);
            bytes = 0;
        }
    }
}
