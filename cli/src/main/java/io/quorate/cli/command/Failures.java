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
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/** Which exit code a failure is, and what its user is told. Pure. */
final class Failures {
    /** What nodes and libraries say may name classes, which tell a user nothing. */
    private static final Pattern CLASS_NAMES =
            Pattern.compile("(?:[a-z][a-z0-9_]*\\.)+(?:[A-Z]\\w*\\$)*[A-Z]\\w*(?:Exception|Error)(?:: )?");

    private Failures() {}

    /** The text without names of exceptions. */
    static String plain(String text) {
        return CLASS_NAMES.matcher(text).replaceAll("");
    }

    /** A failure that has a message for the user; empty for what can only be a bug. */
    static Optional<CommandFailure> known(Throwable failure) {
        boolean wrapped = failure instanceof CompletionException || failure instanceof UncheckedIOException;
        if (wrapped && failure.getCause() != null) {
            return known(failure.getCause());
        }
        if (failure instanceof CommandFailure known) {
            return Optional.of(known);
        }
        if (failure instanceof AdminException admin) {
            return Optional.of(ofAdmin(admin, false));
        }
        if (failure instanceof InterruptedException) {
            return Optional.of(new CommandFailure(ExitCode.FAILED, "interrupted", failure));
        }
        return code(failure).map(code -> new CommandFailure(code, message(failure, code), failure));
    }

    /**
     * A failure of an operator's call. What is refused, or not there, after a change is a failure half-way: those two codes promise
     * that nothing changed.
     *
     * @param changed whether it changed something before, or may have, so that an answer that did not come may mean that it did
     */
    static CommandFailure ofAdmin(AdminException failure, boolean changed) {
        ExitCode alone = code(failure.error(), changed);
        boolean afterChanges = changed && (alone == ExitCode.REFUSED || alone == ExitCode.NOT_FOUND);
        ExitCode code = afterChanges ? ExitCode.FAILED : alone;
        String message = plain(failure.getMessage()) + " [" + failure.error() + "]" + advice(code)
                + (afterChanges ? "; what was done before this stays done, and the command may be repeated" : "")
                + (failure.error().equals("NO_NODE") ? "; do the nodes run, and is --server right?" : "");
        return new CommandFailure(code, message, failure);
    }

    private static Optional<ExitCode> code(Throwable failure) {
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
        if (failure instanceof ReadUnavailableException read) {
            return plain(read.getMessage()) + " [" + read.reason() + "]";
        }
        if (failure instanceof IOException io) {
            return text(io);
        }
        return (failure.getMessage() == null ? "no reason was given" : plain(failure.getMessage())) + advice(code);
    }

    private static String advice(ExitCode code) {
        return code == ExitCode.INDETERMINATE
                ? "; it may have been done or may still be, and the command may be repeated"
                : "";
    }

    /** What is wrong with a file or stream; the JDK's own messages are often no more than a file's name. */
    static String text(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return failure.getMessage() + ": there is no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return failure.getMessage() + ": permission denied";
        }
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            return failure.getMessage() + ": the file system refused it";
        }
        return failure.getMessage() == null
                ? "reading or writing failed without a reason given"
                : plain(failure.getMessage());
    }

    private static ExitCode code(String error, boolean changed) {
        return switch (error) {
            case "UNREACHABLE",
                    "NO_NODE",
                    "NO_ANSWER",
                    "WRONG_SETTINGS",
                    "NO_LEADER",
                    "NOT_LEADER",
                    "METADATA_UNAVAILABLE",
                    "BEHIND",
                    "REMOVING",
                    "NO_CLUSTER",
                    "NOT_INITIALIZED" -> changed ? ExitCode.INDETERMINATE : ExitCode.UNAVAILABLE;
            case "UNKNOWN_SHARD", "UNKNOWN_PEER", "UNKNOWN_NODE", "TRUNCATED" -> ExitCode.NOT_FOUND;
            case "INDETERMINATE" -> ExitCode.INDETERMINATE;
            case "INTERRUPTED" -> changed ? ExitCode.INDETERMINATE : ExitCode.FAILED;
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
