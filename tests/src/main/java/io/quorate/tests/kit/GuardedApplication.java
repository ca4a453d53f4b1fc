package io.quorate.tests.kit;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The user's application, with its manners watched. */
final class GuardedApplication implements Application {
    private final Application application;
    /** Bounded in practice: the first one ends the check. */
    private final Queue<String> misuses = new ConcurrentLinkedQueue<>();

    GuardedApplication(Application application) {
        this.application = application;
    }

    @Override
    public String name() {
        return application.name();
    }

    @Override
    public int version() {
        return application.version();
    }

    @Override
    public int oldestVersion() {
        return application.oldestVersion();
    }

    @Override
    public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
        GuardedTransaction guarded = new GuardedTransaction(transaction, misuses::add);
        ApplyResult result;
        try {
            result = application.apply(entry, guarded);
        } catch (RuntimeException | Error e) {
            checkManners();
            throw new BrokenRule(
                    Finding.APPLY_FAILED,
                    "apply threw at lsn " + entry.lsn() + " for command " + describe(entry.payload()) + ": " + e
                            + "; a replica stops there. Answer a malformed command with ApplyResult.refusal",
                    e);
        } finally {
            guarded.end();
        }
        checkManners();
        if (result == null) {
            throw new BrokenRule(Finding.APPLY_FAILED, "apply returned null at lsn " + entry.lsn());
        }
        return result;
    }

    private void checkManners() {
        String misuse = misuses.peek();
        if (misuse != null) {
            throw new BrokenRule(Finding.TRANSACTION_KEPT, "the transaction was used: " + misuse);
        }
    }

    @Override
    public Bytes query(Bytes query, StateView view) {
        return application.query(query, view);
    }

    /** The answer, or the message of its refusal. */
    Optional<Bytes> ask(Bytes query, StateView view) {
        try {
            return Optional.of(query(query, view));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            throw new BrokenRule(Finding.QUERY_DIFFERS, "query " + describe(query) + " threw " + e, e);
        }
    }

    static String describe(Bytes bytes) {
        String text = bytes.utf8();
        boolean readable = text.length() <= 60 && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return readable ? "'" + text + "'" : bytes.toString();
    }
}
