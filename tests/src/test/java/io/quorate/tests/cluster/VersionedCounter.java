package io.quorate.tests.cluster;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;

/**
 * An application in two builds: the old one keeps each payload under its LSN, the new one keeps it in capitals, and still knows how
 * the old one did it.
 */
public final class VersionedCounter implements Application {
    public static final String NAME = "versioned";

    /** Builds of it. */
    public enum Build {
        OLD,
        NEW,
        /** As NEW, but goes by what it could do, not by what the log agreed on: the bug that all this is against. */
        NEW_AND_WRONG,
        /** No longer knows how the old one did it. */
        NEW_ONLY
    }

    private final Build build;

    public VersionedCounter(Build build) {
        this.build = build;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return build == Build.OLD ? 1 : 2;
    }

    @Override
    public int oldestVersion() {
        return build == Build.NEW_ONLY ? 2 : 1;
    }

    @Override
    public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
        int version = build == Build.NEW_AND_WRONG ? version() : transaction.applyVersion();
        String text = entry.payload().utf8();
        transaction.put(
                Ledger.key(entry.lsn()), Bytes.utf8(version == 1 ? text : text.toUpperCase(java.util.Locale.ROOT)));
        return ApplyResult.OK;
    }

    @Override
    public Bytes query(Bytes query, StateView view) {
        return view.get(query).orElse(Bytes.EMPTY);
    }
}
