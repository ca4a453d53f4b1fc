package io.quorate.statemachine.raft;

import io.quorate.wal.log.Lsn;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What is wrong with a replica, if anything; and where it is parked. Thread-safe. */
final class ReplicaHealth {
    private static final long LOOK_AGAIN_MILLIS = 100;

    private String parked;
    private String logFailure;
    private boolean divisionClosed;
    private boolean closing;

    synchronized void park(Lsn applied, long index, Throwable cause) {
        parked = "cannot apply the entry at index " + index + ", behind lsn " + applied + ": " + cause;
    }

    synchronized boolean isParked() {
        return parked != null;
    }

    /**
     * Holds the caller while the replica is parked; true if it must not apply the entry that it came with: the replica is closing, or
     * a received snapshot takes the place of all up to that entry.
     *
     * @param superseded whether there is such a snapshot; asked again and again
     */
    synchronized boolean awaitUnparked(BooleanSupplier superseded) {
        while (parked != null && !closing && !superseded.getAsBoolean()) {
            try {
                wait(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
        return parked != null;
    }

    /** The state was replaced by one beyond the entry that could not be applied; false if the replica was not parked. */
    synchronized boolean unpark() {
        boolean was = parked != null;
        parked = null;
        notifyAll();
        return was;
    }

    synchronized void logFailed(Throwable cause) {
        logFailure = "the Raft log cannot be written: " + cause + "; the division must be restarted";
    }

    synchronized boolean hasLogFailed() {
        return logFailure != null;
    }

    synchronized void divisionClosed() {
        divisionClosed = true;
    }

    /** Lets go whoever is held, so that the replica can close. */
    synchronized void close() {
        closing = true;
        notifyAll();
    }

    /** Empty if all is well. */
    synchronized Optional<String> problem() {
        if (parked != null) {
            return Optional.of(parked);
        }
        if (logFailure != null) {
            return Optional.of(logFailure);
        }
        return divisionClosed && !closing ? Optional.of("its Raft division is closed") : Optional.empty();
    }
}
