package io.quorate.statemachine.identity;

import java.util.Objects;

/** A data directory was refused; nothing in it was changed. The message names the file, what is wrong, and what to do. */
public final class DataDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Problem problem;

    /** @param message which file, what is wrong, and what to do */
    public DataDirectoryException(Problem problem, String message) {
        this(problem, message, null);
    }

    /**
     * @param message which file, what is wrong, and what to do
     * @param cause what the file system said
     */
    public DataDirectoryException(Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.problem = Objects.requireNonNull(problem, "problem");
    }

    /** What is wrong, for programs. */
    public Problem problem() {
        return problem;
    }

    /** What is wrong. */
    public enum Problem {
        /** Another process, or another part of this one, has it open. */
        IN_USE,
        /** Formatted for a node of another name. */
        FOREIGN_NODE,
        /** Belongs to another cluster. */
        FOREIGN_CLUSTER,
        /** Written by a newer version. */
        NEWER_VERSION,
        /** The identity file is not what was written. */
        DAMAGED,
        /** Holds files, but no identity. */
        NO_IDENTITY,
        /** Cannot be read or written. */
        UNUSABLE
    }
}
