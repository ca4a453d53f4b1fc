package io.quorate.wal.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A change on disk could not be made durable. The message names the step, the path and what is known about the state left
 * behind; the cause is kept.
 *
 * <p>A failed {@link Step#SYNC_FILE} or {@link Step#SYNC_DIRECTORY} must not be retried: the pages may be gone from memory and
 * marked clean, so the component that relied on them stops and is rebuilt from what a new start reads.
 */
public final class DurabilityException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Step step;
    private final transient Path path;

    public DurabilityException(Step step, Path path, IOException cause) {
        super(step.words + " " + path + ": " + cause + ". " + step.leftBehind, Objects.requireNonNull(cause, "cause"));
        this.step = step;
        this.path = path;
    }

    public Step step() {
        return step;
    }

    /** The file or directory that the failed step was about; null only in a copy that was serialized. */
    public Path path() {
        return path;
    }

    /** What was being done. */
    public enum Step {
        WRITE("could not write", "The old content of the target, if any, is unchanged."),
        SYNC_FILE(
                "could not fsync file", "What it holds after a power loss is unknown; do not retry, stop and reopen."),
        SYNC_DIRECTORY(
                "could not fsync directory",
                "Names created, moved or removed in it may be undone by a power loss; do not retry, stop and reopen."),
        MOVE("could not move", "Nothing was moved."),
        TRUNCATE("could not truncate", "The file has its old or its new length."),
        CREATE_DIRECTORY("could not create directory", "Some of its parents may have been created."),
        DELETE("could not delete", "A part of the tree may be gone; deleting again continues.");

        private final String words;
        private final String leftBehind;

        Step(String words, String leftBehind) {
            this.words = words;
            this.leftBehind = leftBehind;
        }
    }
}
