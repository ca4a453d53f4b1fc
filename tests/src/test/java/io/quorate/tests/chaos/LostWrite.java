package io.quorate.tests.chaos;

import io.quorate.tests.history.Operation;
import io.quorate.tests.history.Outcome;
import io.quorate.tests.history.RegisterAction;
import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.List;
import java.util.Optional;

/** Changes a history into that of a system that lost one write after it had acknowledged it. */
final class LostWrite {
    private LostWrite() {}

    /**
     * The history, but where reads were answered with the value of one acknowledged write they are answered with one that had been read
     * before that write began.
     *
     * @throws IllegalArgumentException if no write of the history can be lost so
     */
    static List<Operation> plantIn(List<Operation> history) {
        for (int i = history.size() - 1; i >= 0; i--) {
            Operation write = history.get(i);
            Optional<String> before = isAcknowledged(write) && isReadAfter(write, history)
                    ? readBefore(write, history)
                    : Optional.empty();
            if (before.isPresent()) {
                String lost = written(write.action());
                return history.stream()
                        .map(operation ->
                                reads(operation, write.key(), lost) ? answering(operation, before.get()) : operation)
                        .toList();
            }
        }
        throw new IllegalArgumentException("no acknowledged write that was read, behind a value that was read");
    }

    private static boolean isAcknowledged(Operation operation) {
        return operation.outcome() == Outcome.OK && written(operation.action()) != null;
    }

    /** The value written; null for none. */
    private static String written(RegisterAction action) {
        if (action instanceof Write write) {
            return write.value();
        }
        return action instanceof CompareAndSet cas ? cas.value() : null;
    }

    private static boolean isReadAfter(Operation write, List<Operation> history) {
        return history.stream()
                .anyMatch(read -> reads(read, write.key(), written(write.action()))
                        && read.invokedNanos() > write.completedNanos());
    }

    private static Optional<String> readBefore(Operation write, List<Operation> history) {
        return history.stream()
                .filter(read -> read.key().equals(write.key())
                        && read.outcome() == Outcome.OK
                        && read.completedNanos() < write.invokedNanos())
                .filter(read -> read.action() instanceof Read answer && answer.value() != null)
                .map(read -> ((Read) read.action()).value())
                .findFirst();
    }

    private static boolean reads(Operation operation, String key, String value) {
        return operation.outcome() == Outcome.OK
                && operation.key().equals(key)
                && operation.action().equals(new Read(value));
    }

    private static Operation answering(Operation read, String value) {
        return new Operation(
                read.process(),
                read.key(),
                new Read(value),
                read.outcome(),
                read.invokedNanos(),
                read.completedNanos());
    }
}
