package io.quorate.tests.kit;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.replica.ApplyFailedException;
import io.quorate.statemachine.store.StateStoreFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Checks that an application is fit for replication: a function of the entry and of what its transaction shows, and of nothing else.
 *
 * <p>Each history of commands is applied four times: by one instance, by a second one in the same JVM, by instances that are
 * replaced at restarts and crashes (after which part of the log is applied again to the state of the last checkpoint), and by one in
 * another JVM with another locale, time zone, default charset and more than a second later. Answers to all commands and states must
 * be equal. What reads a clock in steps of a minute or more is not seen.
 *
 * <p>Increments are legal: each entry is applied to a state once. An apply function that throws is a finding. Entries are applied by
 * the {@linkplain Application#version() newest version}; to check an older one that the application still has, check a subclass whose
 * {@code version()} is that one. Not thread-safe.
 */
public final class ApplicationCheck {
    private static final int ALL = -1;
    /** Later than a clock read in seconds stands still. */
    private static final long OTHER_JVM_LATER_MILLIS = 1_100;

    private final Supplier<? extends Application> application;
    private final CommandGenerator commands;
    private Optional<CommandGenerator> queries = Optional.empty();
    private long seed = ThreadLocalRandom.current().nextLong();
    private int histories = 60;
    private int commandsPerHistory = 200;
    private int onlyHistory = ALL;
    private int otherJvms = 1;
    private Supplier<? extends StateStoreFactory> stores = MemoryStateStores::new;
    private Path directory = Path.of("check");

    private ApplicationCheck(Supplier<? extends Application> application, CommandGenerator commands) {
        this.application = Objects.requireNonNull(application, "application");
        this.commands = Objects.requireNonNull(commands, "commands");
    }

    /**
     * A check of 60 histories of up to 200 commands, with a random seed, in memory and in one other JVM.
     *
     * @param application makes an instance, as a process does when it starts
     * @param commands makes commands
     */
    public static ApplicationCheck of(Supplier<? extends Application> application, CommandGenerator commands) {
        return new ApplicationCheck(application, commands);
    }

    /** Asks these too, at the end of each history; none are asked by default. */
    public ApplicationCheck queries(CommandGenerator newQueries) {
        queries = Optional.of(newQueries);
        return this;
    }

    /** Makes the histories of this seed. */
    public ApplicationCheck seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /**
     * Sets how much is tried.
     *
     * @param newHistories from 1
     * @param newCommandsPerHistory from 1; the first histories are shorter
     */
    public ApplicationCheck histories(int newHistories, int newCommandsPerHistory) {
        if (newHistories < 1 || newCommandsPerHistory < 1) {
            throw new IllegalArgumentException(newHistories + " histories of " + newCommandsPerHistory + " commands");
        }
        histories = newHistories;
        commandsPerHistory = newCommandsPerHistory;
        return this;
    }

    /** Runs one of the histories only, counted from 0: to see a finding again. */
    public ApplicationCheck onlyHistory(int history) {
        onlyHistory = history;
        return this;
    }

    /**
     * Sets in how many other JVMs the histories are applied too, from 0. With any, the application's class must have a constructor
     * without arguments (of any visibility).
     */
    public ApplicationCheck otherJvms(int newOtherJvms) {
        if (newOtherJvms < 0) {
            throw new IllegalArgumentException("other JVMs < 0: " + newOtherJvms);
        }
        otherJvms = newOtherJvms;
        return this;
    }

    /** Runs on this state store instead of memory, in directories made below {@code newDirectory}. */
    public ApplicationCheck on(StateStoreFactory newStores, Path newDirectory) {
        stores = () -> newStores;
        directory = newDirectory;
        return this;
    }

    /**
     * Runs the check.
     *
     * @return what was done, if nothing was found
     * @throws CheckFailedError at the first finding
     */
    public CheckReport check() {
        Optional<AnotherJvm> anotherJvm = otherJvms == 0
                ? Optional.empty()
                : Optional.of(new AnotherJvm(application.get().getClass()));
        List<Reference> references = new ArrayList<>();
        long entries = 0;
        long interruptions = 0;
        for (int i = 0; i < histories; i++) {
            if (onlyHistory == ALL || onlyHistory == i) {
                SplittableRandom random = new SplittableRandom(seed + i);
                History history = History.generate(random.split(), length(i), commands);
                Path place = directory.resolve("history-" + i);
                HistoryCheck check = new HistoryCheck(history, stores.get(), place, application, queries, random);
                interruptions += replayable(i, check::run);
                references.add(check.reference());
                entries += history.entries();
            }
        }
        long finishedAt = System.currentTimeMillis();
        for (int jvm = 0; jvm < otherJvms; jvm++) {
            HistoryCheck.waitUntilClockShows(finishedAt + OTHER_JVM_LATER_MILLIS);
            replayable(onlyHistory, () -> checkInAnotherJvm(anotherJvm.orElseThrow(), references));
        }
        return new CheckReport(seed, references.size(), entries, interruptions);
    }

    /** Short ones first, so that what is found early is easy to read. */
    private int length(int history) {
        return (int) Math.max(1, Math.min(commandsPerHistory, 2L + (long) history * history));
    }

    /** What a guard around the application found comes wrapped by the replica, which says at which entry. */
    private static int unwrapped(Supplier<Integer> step) {
        try {
            return step.get();
        } catch (ApplyFailedException failed) {
            if (failed.getCause() instanceof BrokenRule broken) {
                throw broken;
            }
            throw failed;
        }
    }

    private long replayable(int history, Supplier<Integer> step) {
        try {
            return unwrapped(step);
        } catch (BrokenRule broken) {
            String only = history == ALL ? "" : ".onlyHistory(" + history + ")";
            throw broken.replayedBy("ApplicationCheck.of(...).seed(" + seed + "L).histories(" + histories + ", "
                    + commandsPerHistory + ")" + only + ".check()");
        }
    }

    private static int checkInAnotherJvm(AnotherJvm jvm, List<Reference> references) {
        List<AnotherJvm.Seen> seen =
                jvm.apply(references.stream().map(Reference::history).toList());
        for (int i = 0; i < references.size(); i++) {
            references.get(i).compare(seen.get(i), "in another JVM (" + AnotherJvm.DIFFERENCES + ")");
        }
        return 0;
    }
}
