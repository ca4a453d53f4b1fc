package io.quorate.statemachine.raft;

import io.quorate.statemachine.replica.ApplyFailedException;
import io.quorate.statemachine.replica.EntryHeldException;
import io.quorate.statemachine.replica.SkippedEntryAppliedException;
import io.quorate.wal.log.Lsn;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What is wrong with a replica, if anything; and where it is parked. Thread-safe. */
final class ReplicaHealth {
    private static final long LOOK_AGAIN_MILLIS = 100;

    private String parked;
    /** Where it is parked, if it is so since the application failed, or that entry is held. */
    private Optional<ParkedEntry> poison = Optional.empty();

    /** Its state is another than that of the others. */
    private boolean diverged;

    private String logFailure;
    private boolean divisionClosed;
    /** Why this process must not take part, if so. */
    private Optional<String> refusal = Optional.empty();
    /** Log or apply stand still; unlike a failure that may pass. */
    private Optional<ProgressWatch.Finding> standstill = Optional.empty();

    private boolean ranOutOfSpace;
    /** The log failed otherwise than for lack of room: what is on the disk nobody knows, whatever else happens. */
    private boolean logBroken;

    private boolean closing;

    synchronized void park(Lsn applied, long index, Throwable cause) {
        if (cause instanceof ApplyFailedException failed) {
            poison = Optional.of(
                    new ParkedEntry(failed.lsn(), index, failed.checksum(), false, String.valueOf(failed.getCause())));
        } else if (cause instanceof EntryHeldException held) {
            poison = Optional.of(new ParkedEntry(held.lsn(), index, held.checksum(), true, "held"));
        }
        ranOutOfSpace |= OutOfSpace.isCauseOf(cause);
        diverged |= cause instanceof SkippedEntryAppliedException;
        parked = diverged
                ? cause.getMessage()
                : "cannot apply the entry at index " + index + ", behind lsn " + applied + ": " + cause;
    }

    /** True if its state is another than that of the others: nothing but a snapshot or rebuilding it from them mends that. */
    synchronized boolean isDiverged() {
        return diverged;
    }

    synchronized Optional<ParkedEntry> poison() {
        return poison;
    }

    synchronized boolean isParked() {
        return parked != null;
    }

    /**
     * Holds the caller while the replica is parked; true if it must not apply the entry that it came with: the replica is closing, or
     * a received snapshot takes the place of all up to that entry.
     *
     * @param letGo whether there is such a snapshot, or the group is being closed by someone else; asked again and again
     */
    synchronized boolean awaitUnparked(BooleanSupplier letGo) {
        while (parked != null && !closing && !letGo.getAsBoolean()) {
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
        poison = Optional.empty();
        diverged = false;
        notifyAll();
        return was;
    }

    /** True for the first failure: Ratis tells of each further entry, too. */
    synchronized boolean logFailed(Throwable cause) {
        boolean first = logFailure == null;
        boolean full = OutOfSpace.isCauseOf(cause);
        ranOutOfSpace |= full;
        logBroken |= !full;
        logFailure = "the Raft log cannot be written: " + cause
                + (full
                        ? "; make room on the disk, the shard is then opened anew by itself"
                        : "; check the disk, then restart the node");
        return first;
    }

    /** True if it stopped for lack of room on its disk and nothing else: once there is room, its group may be opened anew. */
    synchronized boolean ranOutOfSpace() {
        return ranOutOfSpace && !logBroken && !closing && refusal.isEmpty();
    }

    /** What stands still now, if anything; returns what did before. */
    synchronized Optional<ProgressWatch.Finding> standsStill(Optional<ProgressWatch.Finding> now) {
        Optional<ProgressWatch.Finding> before = standstill;
        standstill = now;
        return before;
    }

    /** This process must not take part, ever. */
    synchronized void refuse(String why) {
        refusal = Optional.of(why);
    }

    synchronized void divisionClosed() {
        divisionClosed = true;
    }

    synchronized boolean isClosing() {
        return closing;
    }

    /** Lets go whoever is held, so that the replica can close. */
    synchronized void close() {
        closing = true;
        notifyAll();
    }

    /** Empty if all is well. */
    synchronized Optional<String> problem() {
        if (refusal.isPresent()) {
            return refusal;
        }
        if (parked != null) {
            return Optional.of(parked);
        }
        if (logFailure != null) {
            return Optional.of(logFailure);
        }
        if (standstill.isPresent()) {
            return standstill.map(ProgressWatch.Finding::message);
        }
        return divisionClosed && !closing ? Optional.of("its Raft division is closed") : Optional.empty();
    }
}
