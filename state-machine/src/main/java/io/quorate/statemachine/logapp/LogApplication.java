package io.quorate.statemachine.logapp;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.logapp.LogCommand.Append;
import io.quorate.statemachine.logapp.LogCommand.TruncateBelow;
import io.quorate.statemachine.logapp.LogQuery.Bounds;
import io.quorate.statemachine.logapp.LogQuery.Read;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps entries under their LSN. Commands are {@link LogCommand}s, queries {@link LogQuery}s, all encoded.
 *
 * <p>A command that is malformed, or of a newer version, is refused with the reason. Stateless, so thread-safe.
 */
public final class LogApplication implements Application {
    public static final String NAME = "log";

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
        LogCommand command;
        try {
            command = LogCommand.decode(entry.payload());
        } catch (CorruptFormatException e) {
            return ApplyResult.refusal(e.getMessage());
        }
        if (command instanceof Append append) {
            transaction.put(LogFormat.key(entry.lsn().value()), append.data());
            return ApplyResult.OK;
        }
        if (command instanceof TruncateBelow truncate) {
            return ApplyResult.of(truncate(truncate.lsn(), transaction).encode());
        }
        throw new AssertionError("unhandled: " + command);
    }

    private static LogTruncation truncate(Lsn below, StateTransaction transaction) {
        List<Bytes> keys = new ArrayList<>();
        boolean[] more = {false};
        transaction.scan(Bytes.EMPTY, Optional.of(LogFormat.key(below.value())), (key, data) -> {
            more[0] = keys.size() == LogCommand.MAX_TRUNCATED;
            return !more[0] && keys.add(key);
        });
        keys.forEach(transaction::delete);
        return new LogTruncation(keys.size(), more[0]);
    }

    /** {@inheritDoc} */
    @Override
    public Bytes query(Bytes query, StateView view) {
        LogQuery decoded;
        try {
            decoded = LogQuery.decode(query);
        } catch (CorruptFormatException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        if (decoded instanceof Read read) {
            return read(read, view).encode();
        }
        if (decoded instanceof Bounds) {
            return bounds(view).encode();
        }
        throw new AssertionError("unhandled: " + decoded);
    }

    private static LogPage read(Read read, StateView view) {
        List<LogPage.Entry> entries = new ArrayList<>();
        long[] bytes = {0};
        view.scan(LogFormat.key(read.from().value()), Optional.empty(), (key, data) -> {
            bytes[0] += data.length();
            if (bytes[0] > read.maxBytes() && !entries.isEmpty()) {
                return false;
            }
            entries.add(new LogPage.Entry(LogFormat.lsnOf(key), data));
            return entries.size() < read.maxEntries();
        });
        Lsn next = entries.isEmpty()
                ? new Lsn(Math.max(1, read.from().value()))
                : entries.get(entries.size() - 1).lsn().next();
        return new LogPage(entries, next);
    }

    private static LogBounds bounds(StateView view) {
        Lsn first = firstFrom(0, view);
        if (first.value() == 0) {
            return LogBounds.EMPTY;
        }
        // Views scan forwards only: the last entry is found by halving the range in which there is one.
        long low = first.value();
        long high = Long.MAX_VALUE;
        while (low < high) {
            long middle = low + (high - low) / 2 + 1;
            long found = middle <= low ? 0 : firstFrom(middle, view).value();
            if (found > 0) {
                low = found;
            } else {
                high = middle - 1;
            }
        }
        return new LogBounds(first, new Lsn(low));
    }

    /** LSN of the first entry at or above an LSN; zero if there is none. */
    private static Lsn firstFrom(long lsn, StateView view) {
        Lsn[] found = {Lsn.ZERO};
        view.scan(LogFormat.key(lsn), Optional.empty(), (key, data) -> {
            found[0] = LogFormat.lsnOf(key);
            return false;
        });
        return found[0];
    }
}
