package io.quorate.wal.log;

import java.util.Objects;

/**
 * What the application answered to an entry: the same on every replica and to every retry.
 *
 * @param refused true if the application refused the command: the entry keeps its LSN, the state did not change
 * @param value the answer; for a refusal, its reason as UTF-8
 */
public record ApplyResult(boolean refused, Bytes value) {
    /** Accepted, with nothing to say. */
    public static final ApplyResult OK = new ApplyResult(false, Bytes.EMPTY);

    /** The answer to an entry that no replica applies, by an operator's word, since the application could not. */
    public static final ApplyResult SKIPPED =
            refusal("SKIPPED: by an operator's word; the application could not apply it");

    public ApplyResult {
        Objects.requireNonNull(value, "value");
    }

    /** What the application answers; its changes are kept. */
    public static ApplyResult of(Bytes value) {
        return value.isEmpty() ? OK : new ApplyResult(false, value);
    }

    /**
     * The application refuses: the entry keeps its LSN, its changes are undone, and the answer is this text. Must be a function of the
     * entry and the state alone, as any answer.
     */
    public static ApplyResult refusal(String reason) {
        return new ApplyResult(true, Bytes.utf8(reason));
    }
}
