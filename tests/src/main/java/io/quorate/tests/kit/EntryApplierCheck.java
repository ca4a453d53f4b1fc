package io.quorate.tests.kit;

import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.LogEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * Checks an {@link EntryApplier} of the user's: one that feeds a storage engine, a search index or a cache of his own.
 *
 * <p>Histories are delivered with repetitions, overlaps, gaps, second histories and crashes: at some point of some call the process
 * ends (a {@link SimulatedCrash} comes out of the list of entries, or the instance is simply never used again), and another instance
 * is opened over what is on disk. At every LSN the state must be that of a run without all this. {@link #kills} goes further and kills
 * real processes at any moment. What the operating system has in its cache survives both, so missing fsyncs are not seen.
 *
 * <p>An applier that is {@link AutoCloseable} is closed when it is not needed any more.
 *
 * <p>Entries of all kinds occur, as in a real log: those that are not of kind {@link io.quorate.wal.log.EntryKind#USER} are to be
 * passed over, but have an LSN and a (normally empty) result.
 *
 * <pre>{@code
 * EntryApplierCheck.of(Index::open, Index::contents, random -> Bytes.utf8("doc" + random.nextInt(9))).check();
 * }</pre>
 *
 * <p>Not thread-safe.
 *
 * @param <A> the applier
 */
public final class EntryApplierCheck<A extends EntryApplier> {
    /** Opens an applier over what earlier ones left behind. */
    @FunctionalInterface
    public interface Opener<A> {
        /**
         * Opens an applier.
         *
         * @param directory empty at first; what an earlier instance wrote, later: that one was not closed, and is never used again.
         *     Where an engine opens a directory once only, the opener has to close the earlier engine, without letting the
         *     applier write anything
         */
        A open(Path directory) throws IOException;
    }

    private static final int ALL = -1;
    /** Entries that a process is killed within. */
    private static final int KILLED_LOG = 1_000;

    private final Opener<? extends A> opener;
    private final Function<? super A, ?> state;
    private final CommandGenerator commands;
    private long seed = ThreadLocalRandom.current().nextLong();
    private int histories = 60;
    private int entriesPerHistory = 60;
    private int onlyHistory = ALL;
    private boolean atLeastOnce;
    private int kills;

    private EntryApplierCheck(Opener<? extends A> opener, Function<? super A, ?> state, CommandGenerator commands) {
        this.opener = Objects.requireNonNull(opener, "opener");
        this.state = Objects.requireNonNull(state, "state");
        this.commands = Objects.requireNonNull(commands, "commands");
    }

    /**
     * A check of 60 histories of 60 entries, with a random seed, for an applier that applies each entry once.
     *
     * @param opener opens an applier
     * @param state all that the applier keeps, as a value with {@code equals}: a map, a set, a digest
     * @param commands makes payloads
     */
    public static <A extends EntryApplier> EntryApplierCheck<A> of(
            Opener<? extends A> opener, Function<? super A, ?> state, CommandGenerator commands) {
        return new EntryApplierCheck<>(opener, state, commands);
    }

    /**
     * For a consumer that keeps no position, or not with its data: entries are delivered again from any earlier LSN, at any time, in
     * order. Only the state at the end must be right, so that each entry has to be idempotent by itself: to set a value is, to add to
     * it is not.
     */
    public EntryApplierCheck<A> atLeastOnce() {
        atLeastOnce = true;
        return this;
    }

    /**
     * Lets the applier work in so many processes (none by default) that are killed at a random moment, and compares what each left
     * with the state at its position. Finds a position that is written apart from its data, wherever the time between is; takes half a
     * second each. The class of the opener must have a constructor without arguments, so it cannot be a lambda. The moment is up to the
     * operating system: a finding of this part need not show again by its seed.
     */
    public EntryApplierCheck<A> kills(int newKills) {
        if (newKills < 0) {
            throw new IllegalArgumentException("kills < 0: " + newKills);
        }
        if (newKills > 0) {
            ForkedJvm.checkConstructor(opener.getClass(), ".kills(0)");
        }
        kills = newKills;
        return this;
    }

    /** Makes the histories of this seed. */
    public EntryApplierCheck<A> seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /**
     * Sets how much is tried.
     *
     * @param newHistories from 1
     * @param newEntriesPerHistory from 1; the first histories are shorter
     */
    public EntryApplierCheck<A> histories(int newHistories, int newEntriesPerHistory) {
        if (newHistories < 1 || newEntriesPerHistory < 1) {
            throw new IllegalArgumentException(newHistories + " histories of " + newEntriesPerHistory + " entries");
        }
        histories = newHistories;
        entriesPerHistory = newEntriesPerHistory;
        return this;
    }

    /** Runs one of the histories only, counted from 0: to see a finding again. */
    public EntryApplierCheck<A> onlyHistory(int history) {
        onlyHistory = history;
        return this;
    }

    /**
     * Runs the check.
     *
     * @return what was done, if nothing was found
     * @throws CheckFailedError at the first finding
     */
    public CheckReport check() {
        int done = 0;
        long entries = 0;
        long interruptions = 0;
        for (int i = 0; i < histories; i++) {
            if (onlyHistory == ALL || onlyHistory == i) {
                SplittableRandom random = new SplittableRandom(seed + i);
                List<LogEntry> log = Entries.generate(random.split(), length(i), commands);
                interruptions += check(i, log, random);
                entries += log.size();
                done++;
            }
        }
        if (kills > 0 && onlyHistory == ALL) {
            checkKills();
        }
        return new CheckReport(seed, done, entries, interruptions + kills);
    }

    private int length(int history) {
        return (int) Math.min(entriesPerHistory, 1L + (long) history * history / 4);
    }

    private int check(int history, List<LogEntry> log, SplittableRandom random) {
        try (ScratchDirectory scratch = new ScratchDirectory()) {
            AppliedHistory<A> reference = AppliedHistory.of(opener, state, scratch.make("reference"), log);
            return new ApplierRun<>(reference, opener, state, scratch.make("disturbed"), random).run(atLeastOnce);
        } catch (BrokenRule broken) {
            throw broken.replayedBy(replay(".onlyHistory(" + history + ")"));
        }
    }

    private void checkKills() {
        SplittableRandom random = new SplittableRandom(seed);
        List<LogEntry> log = Entries.generate(random.split(), KILLED_LOG, commands);
        try (ScratchDirectory scratch = new ScratchDirectory()) {
            long before = System.nanoTime();
            AppliedHistory<A> reference = AppliedHistory.of(opener, state, scratch.make("reference"), log);
            long took = System.nanoTime() - before;
            new KilledAppliers<>(reference, opener, state, scratch.make("killed"), took, random).run(kills);
        } catch (BrokenRule broken) {
            throw broken.replayedBy(replay(".kills(" + kills + ")"));
        }
    }

    private String replay(String part) {
        return "EntryApplierCheck.of(...)" + (atLeastOnce ? ".atLeastOnce()" : "") + ".seed(" + seed + "L).histories("
                + histories + ", " + entriesPerHistory + ")" + part + ".check()";
    }
}
