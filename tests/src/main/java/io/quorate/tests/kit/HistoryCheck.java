package io.quorate.tests.kit;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.store.StateStoreFactory;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Applies one history by several replicas of this JVM and compares them. */
final class HistoryCheck {
    private static final int DISTURBED_RUNS = 3;
    private static final int QUERIES = 20;

    private final History history;
    private final Reference reference;
    private final StateStoreFactory stores;
    private final Path directory;
    private final Supplier<? extends Application> application;
    private final Optional<CommandGenerator> queries;
    private final SplittableRandom random;

    HistoryCheck(
            History history,
            StateStoreFactory stores,
            Path directory,
            Supplier<? extends Application> application,
            Optional<CommandGenerator> queries,
            SplittableRandom random) {
        this.history = history;
        this.reference = new Reference(history);
        this.stores = stores;
        this.directory = directory;
        this.application = application;
        this.queries = queries;
        this.random = random;
    }

    Reference reference() {
        return reference;
    }

    /** Returns the number of restarts and crashes gone through. */
    int run() {
        try (ReplicaRun first = open("first")) {
            first.undisturbed(reference.recorder());
            waitUntilClockShows(System.currentTimeMillis() + 2);
            checkAgain(first);
            int interruptions = 0;
            for (int i = 0; i < DISTURBED_RUNS; i++) {
                interruptions += checkDisturbed(first, "disturbed-" + i);
            }
            return interruptions;
        }
    }

    private void checkAgain(ReplicaRun first) {
        try (ReplicaRun second = open("second")) {
            second.undisturbed(
                    reference.comparer(Finding.NOT_DETERMINISTIC, "when the same entries were applied again"));
            compareQueries(first, second, Finding.QUERY_DIFFERS);
        }
    }

    private int checkDisturbed(ReplicaRun first, String name) {
        try (ReplicaRun disturbed = open(name)) {
            String after = "by an instance that was started over the stored state";
            disturbed.disturbed(random.split(), reference.comparer(Finding.STATE_OUTSIDE_TRANSACTION, after));
            compareQueries(first, disturbed, Finding.STATE_OUTSIDE_TRANSACTION);
            return disturbed.interruptions();
        }
    }

    private ReplicaRun open(String name) {
        return new ReplicaRun(
                history, stores, directory.resolve(name), () -> new GuardedApplication(application.get()));
    }

    private void compareQueries(ReplicaRun one, ReplicaRun other, Finding finding) {
        if (queries.isEmpty()) {
            return;
        }
        for (int i = 0; i < QUERIES; i++) {
            Bytes query = queries.get().next(random);
            Optional<Bytes> expected = one.ask(query);
            Optional<Bytes> found = other.ask(query);
            if (!expected.equals(found)) {
                throw new BrokenRule(
                        finding,
                        "query " + GuardedApplication.describe(query) + " over equal states was answered "
                                + describe(expected) + " and " + describe(found));
            }
        }
    }

    private static String describe(Optional<Bytes> answer) {
        return answer.map(GuardedApplication::describe).orElse("a refusal");
    }

    /** Not a wait for something to happen: what reads the clock must have the chance to read another time. */
    static void waitUntilClockShows(long millis) {
        while (System.currentTimeMillis() < millis) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
