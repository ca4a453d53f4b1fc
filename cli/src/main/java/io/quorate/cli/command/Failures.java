package io.quorate.cli.command;

import io.quorate.cli.node.ConfigException;
import io.quorate.cli.process.ProcessFailedException;
import io.quorate.cli.tls.TlsException;
import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.kv.client.KvWriteException;
import io.quorate.statemachine.service.AdminException;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Which exit code a failure is, and what its user is told. Pure. */
final class Failures {
    private Failures() {}

    /**
     * A failure that has a message for the user; empty for what can only be a bug.
     *
     * @param changing whether the command changes something, so that an answer that did not come may mean that it did
     */
    static Optional<CommandFailure> known(Throwable failure, boolean changing) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return known(failure.getCause(), changing);
        }
        if (failure instanceof CommandFailure known) {
            return Optional.of(known);
        }
        return code(failure, changing).map(code -> new CommandFailure(code, message(failure, code), failure));
    }

    private static Optional<ExitCode> code(Throwable failure, boolean changing) {
        if (failure instanceof AdminException admin) {
            return Optional.of(ofAdmin(admin.error(), changing));
        }
        if (failure instanceof ReadUnavailableException read) {
            return Optional.of(ofReason(read.reason()));
        }
        if (failure instanceof KvWriteException write) {
            return Optional.of(
                    write.outcome() instanceof AppendOutcome.Rejected rejected
                            ? ofReason(rejected.reason())
                            : write.mayHaveHappened() ? ExitCode.INDETERMINATE : ExitCode.REFUSED);
        }
        if (failure instanceof ConfigException || failure instanceof TlsException) {
            return Optional.of(ExitCode.USAGE);
        }
        if (failure instanceof DataDirectoryException) {
            return Optional.of(ExitCode.REFUSED);
        }
        boolean environment = failure instanceof IOException
                || failure instanceof StateStoreException
                || failure instanceof ProcessFailedException;
        return environment ? Optional.of(ExitCode.FAILED) : Optional.empty();
    }

    private static String message(Throwable failure, ExitCode code) {
        StringBuilder text =
                new StringBuilder(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        if (failure instanceof AdminException admin) {
            text.append(" [").append(admin.error()).append(']');
        }
        if (failure instanceof ReadUnavailableException read) {
            text.append(" [").append(read.reason()).append(']');
        }
        if (code == ExitCode.INDETERMINATE) {
            text.append("; it may have been done or may still be, and the command may be repeated");
        }
        return text.toString();
    }

    private static ExitCode ofAdmin(String error, boolean changing) {
        return switch (error) {
            case "UNREACHABLE", "NO_LEADER", "NOT_LEADER", "METADATA_UNAVAILABLE", "BEHIND", "REMOVING" ->
                changing ? ExitCode.INDETERMINATE : ExitCode.UNAVAILABLE;
            case "NOT_INITIALIZED" -> ExitCode.UNAVAILABLE;
            case "UNKNOWN_SHARD", "UNKNOWN_PEER", "UNKNOWN_NODE", "TRUNCATED" -> ExitCode.NOT_FOUND;
            case "INDETERMINATE" -> ExitCode.INDETERMINATE;
            case "INTERRUPTED" -> changing ? ExitCode.INDETERMINATE : ExitCode.FAILED;
            case "FAILED", "METADATA_DAMAGED", "INTERNAL" -> ExitCode.FAILED;
            default -> ExitCode.REFUSED;
        };
    }

    /** Of a request that certainly had no effect. */
    static ExitCode ofReason(RejectReason reason) {
        if (reason == RejectReason.UNKNOWN_SHARD) {
            return ExitCode.NOT_FOUND;
        }
        return reason.retryable() || reason == RejectReason.DEADLINE ? ExitCode.UNAVAILABLE : ExitCode.REFUSED;
    }
}
