package io.quorate.tests.cluster;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * An application that keeps every payload under its LSN, so that a test can say exactly what was applied where. Its answer to a
 * command is the LSN. A payload that begins with {@code refuse} is refused.
 */
public final class Ledger implements Application {
    public static final String NAME = "ledger";

    /** Asks for the cluster time, in milliseconds, of the last entry kept. */
    public static final Bytes CLUSTER_TIME = Bytes.utf8("cluster time");

    private final Consumer<LogEntry> before;

    public Ledger() {
        this(entry -> {});
    }

    /** @param before called with every entry before it is applied: may block, count or throw */
    public Ledger(Consumer<LogEntry> before) {
        this.before = before;
    }

    /** The key of an LSN, which is also the query for it. */
    public static Bytes key(Lsn lsn) {
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(lsn.value()).array());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
        before.accept(entry);
        Bytes key = key(entry.lsn());
        transaction.put(key, entry.payload());
        transaction.put(CLUSTER_TIME, key(new Lsn(entry.timestampMillis())));
        return entry.payload().utf8().startsWith("refuse") ? ApplyResult.refusal("asked to") : ApplyResult.of(key);
    }

    @Override
    public Bytes query(Bytes query, StateView view) {
        return view.get(query).orElse(Bytes.EMPTY);
    }
}
