package io.quorate.cli.bench.load;

import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Failures of one kind.
 *
 * @param kind simple name of the exception behind any future's wrapper
 * @param count how many, from 1
 * @param example the message of the first
 */
public record ErrorCount(String kind, long count, String example) {
    /** The kind of operations that had no answer when the run was given up. */
    public static final String UNANSWERED = "Unanswered";

    public ErrorCount {
        if (kind.isBlank()) {
            throw new IllegalArgumentException("an error needs a kind");
        }
        if (count < 1) {
            throw new IllegalArgumentException("count of " + kind + " < 1: " + count);
        }
        Objects.requireNonNull(example, "example");
    }

    /** One failure. */
    public static ErrorCount of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String name = cause.getClass().getSimpleName();
        return new ErrorCount(
                name.isEmpty() ? cause.getClass().getName() : name, 1, String.valueOf(cause.getMessage()));
    }

    /** Both together; the kinds must be equal. */
    public ErrorCount plus(ErrorCount later) {
        if (!kind.equals(later.kind)) {
            throw new IllegalArgumentException(kind + " is not " + later.kind);
        }
        return new ErrorCount(kind, count + later.count, example);
    }
}
