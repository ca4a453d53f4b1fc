package io.quorate.tests.kit;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Counts how often each word came, in the transaction: as it should be done. Faults are planted in subclasses, by overriding {@link
 * #answer}.
 */
abstract class TestApplication implements Application {
    /** The application without a fault. */
    static final class Counter extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            return entry.payload().utf8() + "=" + count;
        }
    }

    static Bytes word(RandomGenerator random) {
        return Bytes.utf8("word" + random.nextInt(4));
    }

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
        Optional<Bytes> before = transaction.get(entry.payload());
        long count = before.isPresent() ? Long.parseLong(before.get().utf8()) + 1 : 1;
        transaction.put(entry.payload(), Bytes.utf8(Long.toString(count)));
        if (count % 5 == 0) {
            return ApplyResult.refusal(entry.payload().utf8() + " came often enough");
        }
        return ApplyResult.of(Bytes.utf8(answer(entry, count)));
    }

    abstract String answer(LogEntry entry, long count);

    @Override
    public Bytes query(Bytes query, StateView view) {
        return view.get(query).orElse(Bytes.EMPTY);
    }
}
