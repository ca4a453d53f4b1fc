package io.quorate.tests.kit;

import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.LogEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A log, and what an undisturbed applier came to with it.
 *
 * @param log entries from LSN 1
 * @param results by entry
 * @param states by LSN, from 0
 */
record AppliedHistory<A extends EntryApplier>(List<LogEntry> log, List<ApplyResult> results, List<Object> states) {

    static <A extends EntryApplier> AppliedHistory<A> of(
            EntryApplierCheck.Opener<? extends A> opener,
            Function<? super A, ?> state,
            Path directory,
            List<LogEntry> log) {
        A applier = open(opener, directory);
        List<ApplyResult> results = new ArrayList<>();
        List<Object> states = new ArrayList<>();
        states.add(state.apply(applier));
        for (LogEntry entry : log) {
            List<ApplyResult> result;
            try {
                result = applier.apply(List.of(entry));
            } catch (RuntimeException e) {
                throw new BrokenRule(
                        Finding.APPLY_FAILED,
                        "apply threw for entry " + entry.lsn() + " of kind " + entry.kind() + ": " + e,
                        e);
            }
            if (result.size() != 1) {
                throw new BrokenRule(
                        Finding.WRONG_RESULTS, "applying entry " + entry.lsn() + " gave " + result.size() + " results");
            }
            results.add(result.get(0));
            states.add(state.apply(applier));
        }
        release(applier);
        return new AppliedHistory<>(log, results, states);
    }

    /** Closes what can be closed. */
    static void release(EntryApplier applier) {
        if (applier instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing the applier failed", e);
            }
        }
    }

    static <A> A open(EntryApplierCheck.Opener<? extends A> opener, Path directory) {
        try {
            return opener.open(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("opening the applier over " + directory, e);
        }
    }

    int length() {
        return log.size();
    }

    /** Entries by LSN, both included. */
    List<LogEntry> entries(int from, int to) {
        return log.subList(from - 1, to);
    }
}
