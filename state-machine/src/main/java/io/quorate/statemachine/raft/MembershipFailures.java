package io.quorate.statemachine.raft;

import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.MembershipException.Fate;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;

/**
 * What it means for a change of members, or of leadership, that Ratis failed it. Only what Ratis checks before it begins is a
 * refusal; after that, and where Ratis does not say, nothing is certain. Pure.
 */
final class MembershipFailures {
    private MembershipFailures() {}

    /**
     * Of a change of members. Ratis answers NotLeader to one that is in its log already when it loses its leadership, just as to one
     * that it never began.
     */
    static MembershipException ofChange(String what, Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof SetConfigurationException || cause instanceof ReconfigurationTimeoutException) {
            return new MembershipException(Fate.REFUSED, what + " was refused: " + cause.getMessage(), cause);
        }
        if (cause instanceof ReconfigurationInProgressException || isBeforeTheStart(cause)) {
            return passing(what, cause);
        }
        return indeterminate(what, cause);
    }

    /** Of a transfer of leadership. NotLeader is answered only before it begins. */
    static MembershipException ofTransfer(String what, Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof MembershipException known) {
            return known;
        }
        if (cause instanceof NotLeaderException || isBeforeTheStart(cause)) {
            return passing(what, cause);
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof TransferLeadershipException && message.contains(" refused to transfer leadership ")) {
            return message.contains("reconfiguration in progress")
                    ? passing(what, cause)
                    : new MembershipException(Fate.REFUSED, what + " was refused: " + message, cause);
        }
        return indeterminate(what, cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static boolean isBeforeTheStart(Throwable cause) {
        return cause instanceof LeaderNotReadyException
                || cause instanceof LeaderSteppingDownException
                || cause instanceof ServerNotReadyException
                || cause instanceof GroupMismatchException
                || cause instanceof GroupClosedException;
    }

    private static MembershipException passing(String what, Throwable cause) {
        return new MembershipException(
                Fate.PASSING, what + " could not begin: " + cause.getMessage() + "; try again in a moment", cause);
    }

    private static MembershipException indeterminate(String what, Throwable cause) {
        return new MembershipException(
                Fate.INDETERMINATE,
                what + " was not confirmed (" + cause
                        + ") and may still come about: look at the members and the leader before trying again",
                cause);
    }
}
