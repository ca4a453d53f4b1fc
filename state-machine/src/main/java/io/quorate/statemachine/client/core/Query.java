package io.quorate.statemachine.client.core;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadConsistency;
import java.util.Objects;
import java.util.Optional;

/** One read from submission to answer. Reads change nothing, so they are asked again wherever that may help. */
public class Query {
    private final Bytes bytes;
    private final ReadConsistency consistency;
    private final ReplicaChoice choice;
    private final long deadlineNanos;

    /** Replica that failed it last: others are preferred. */
    private Optional<String> avoid = Optional.empty();
    /** Where it was sent last and not answered yet. */
    private Optional<String> askedAt = Optional.empty();

    private int failures;
    private Optional<ReadAnswer.Refused> lastRefusal = Optional.empty();
    /** Null until the read is over. */
    private ReadAnswer answer;

    /** @param deadlineNanos on the clock that the core is stepped by */
    public Query(Bytes bytes, ReadConsistency consistency, ReplicaChoice choice, long deadlineNanos) {
        this.bytes = Objects.requireNonNull(bytes, "bytes");
        this.consistency = Objects.requireNonNull(consistency, "consistency");
        this.choice = Objects.requireNonNull(choice, "choice");
        this.deadlineNanos = deadlineNanos;
    }

    public final Bytes bytes() {
        return bytes;
    }

    public final ReadConsistency consistency() {
        return consistency;
    }

    public final long deadlineNanos() {
        return deadlineNanos;
    }

    final ReplicaChoice choice() {
        return choice;
    }

    /** The answer; only once it is in a {@link ShardAction.FinishReads}. */
    public final ReadAnswer answer() {
        return Objects.requireNonNull(answer, "answer");
    }

    final boolean isDone() {
        return answer != null;
    }

    final void finish(ReadAnswer end) {
        answer = end;
    }

    final Optional<String> avoid() {
        return avoid;
    }

    final Optional<String> askedAt() {
        return askedAt;
    }

    final void asked(String address) {
        askedAt = Optional.of(address);
    }

    final void failedAt(String address, Optional<ReadAnswer.Refused> refusal) {
        avoid = Optional.of(address);
        askedAt = Optional.empty();
        failures++;
        if (refusal.isPresent()) {
            lastRefusal = refusal;
        }
    }

    final int failures() {
        return failures;
    }

    final Optional<ReadAnswer.Refused> lastRefusal() {
        return lastRefusal;
    }
}
