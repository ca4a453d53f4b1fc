package io.quorate.statemachine.kv;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.kv.KvCommand.Delete;
import io.quorate.statemachine.kv.KvCommand.Put;
import io.quorate.statemachine.kv.KvCommand.Transaction;
import io.quorate.statemachine.kv.KvCommand.Write;
import io.quorate.statemachine.kv.KvQuery.Get;
import io.quorate.statemachine.kv.KvQuery.Range;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps values under keys. Commands are {@link KvCommand}s, queries {@link KvQuery}s, answers {@link KvResult}s, all encoded.
 *
 * <p>A command that is malformed, or of a newer version, is refused with the reason. Stateless, so thread-safe.
 */
public final class KvApplication implements Application {
    public static final String NAME = "kv";

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
        KvCommand command;
        try {
            command = KvCommand.decode(entry.payload());
        } catch (CorruptFormatException e) {
            return ApplyResult.refusal(e.getMessage());
        }
        long version = entry.lsn().value();
        if (command instanceof Write write) {
            write(write, version, transaction);
            return ApplyResult.OK;
        }
        if (command instanceof Transaction conditional) {
            return ApplyResult.of(apply(conditional, version, transaction).encode());
        }
        throw new AssertionError("unhandled: " + command);
    }

    private static KvResult apply(Transaction command, long version, StateTransaction transaction) {
        List<KvCondition> conditions = command.conditions();
        for (int i = 0; i < conditions.size(); i++) {
            Optional<KvEntry> actual = read(conditions.get(i).key(), transaction);
            if (!conditions.get(i).holds(actual)) {
                return new KvResult.Failed(i, actual);
            }
        }
        for (Write write : command.writes()) {
            write(write, version, transaction);
        }
        return KvResult.DONE;
    }

    private static void write(Write write, long version, StateTransaction transaction) {
        if (write instanceof Put put) {
            transaction.put(put.key(), KvRow.encode(version, put.value()));
        } else if (write instanceof Delete delete) {
            transaction.delete(delete.key());
        } else {
            throw new AssertionError("unhandled: " + write);
        }
    }

    private static Optional<KvEntry> read(Bytes key, StateView view) {
        Optional<Bytes> row = view.get(key);
        return row.isPresent() ? Optional.of(KvRow.decode(key, row.get())) : Optional.empty();
    }

    /** {@inheritDoc} */
    @Override
    public Bytes query(Bytes query, StateView view) {
        KvQuery decoded;
        try {
            decoded = KvQuery.decode(query);
        } catch (CorruptFormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (decoded instanceof Get get) {
            return new KvResult.Found(read(get.key(), view)).encode();
        }
        if (decoded instanceof Range range) {
            return page(range, view).encode();
        }
        throw new AssertionError("unhandled: " + decoded);
    }

    private static KvResult.Page page(Range range, StateView view) {
        if (range.to().isPresent() && range.to().get().compareTo(range.from()) <= 0) {
            return new KvResult.Page(List.of(), Optional.empty());
        }
        PageGatherer page = new PageGatherer(range.limit());
        view.scan(range.from(), range.to(), page);
        return new KvResult.Page(page.entries, page.next);
    }

    /** Takes entries until the page is full, and notes the first that did not fit. */
    private static final class PageGatherer implements StateView.Visitor {
        private final int limit;
        private final List<KvEntry> entries = new ArrayList<>();
        private Optional<Bytes> next = Optional.empty();
        private long bytes;

        private PageGatherer(int limit) {
            this.limit = limit;
        }

        @Override
        public boolean visit(Bytes key, Bytes row) {
            bytes += key.length() + row.length();
            if (entries.size() == limit || bytes > KvResult.MAX_PAGE_BYTES && !entries.isEmpty()) {
                next = Optional.of(key);
                return false;
            }
            entries.add(KvRow.decode(key, row));
            return true;
        }
    }
}
