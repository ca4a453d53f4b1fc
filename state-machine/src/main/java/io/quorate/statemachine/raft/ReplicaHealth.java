package io.quorate.statemachine.raft;

import io.quorate.wal.log.Lsn;
import java.util.Optional;

/** What is wrong with a replica, if anything; and where it is parked. Thread-safe. */
final class ReplicaHealth {
    private String parked;
    private String logFailure;
    private boolean divisionClosed;
    private boolean closing;

    synchronized void park(Lsn applied, long index, Exception cause) {
        parked = "cannot apply the entry at index " + index + ", behind lsn " + applied + ": " + cause;
    }

    synchronized boolean isParked() {
        return parked != null;
    }

    /** Holds the caller while the replica is parked; true if it is closing and nothing must be applied. */
    synchronized boolean awaitUnparked() {
        while (parked != null && !closing) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        }
        return parked != null;
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
