package io.quorate.tests.kit;

import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Checks that a state store of the user's keeps its contract: batches atomic with their position, for every reader at every moment;
 * snapshots and checkpoints that stand still while writing goes on; opening that returns to a checkpoint and to nothing later.
 *
 * <p>Histories of batches are written while other threads take snapshots and checkpoints; each is compared with what was written up to
 * the position that it shows. Missing fsyncs are not seen: that takes a power cut.
 *
 * <pre>{@code
 * StateStoreCheck.of(new MyStateStoreFactory(), emptyDirectory).check();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class StateStoreCheck {
    private static final int ALL = -1;

    private final StateStoreFactory factory;
    private final Path directory;
    private long seed = ThreadLocalRandom.current().nextLong();
    private int histories = 20;
    private int batchesPerHistory = 60;
    private int onlyHistory = ALL;

    private StateStoreCheck(StateStoreFactory factory, Path directory) {
        this.factory = Objects.requireNonNull(factory, "factory");
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    /**
     * A check of 20 histories of up to 60 batches, with a random seed.
     *
     * @param directory below which directories are made; the user removes it
     */
    public static StateStoreCheck of(StateStoreFactory factory, Path directory) {
        return new StateStoreCheck(factory, directory);
    }

    /** Makes the histories of this seed. The order of threads is not in it: what needs a race need not show again at once. */
    public StateStoreCheck seed(long newSeed) {
        seed = newSeed;
        return this;
    }

    /**
     * Sets how much is tried.
     *
     * @param newHistories from 1
     * @param newBatchesPerHistory from 1
     */
    public StateStoreCheck histories(int newHistories, int newBatchesPerHistory) {
        if (newHistories < 1 || newBatchesPerHistory < 1) {
            throw new IllegalArgumentException(newHistories + " histories of " + newBatchesPerHistory + " batches");
        }
        histories = newHistories;
        batchesPerHistory = newBatchesPerHistory;
        return this;
    }

    /** Runs one of the histories only, counted from 0: to see a finding again. */
    public StateStoreCheck onlyHistory(int history) {
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
        long reopened = 0;
        for (int i = 0; i < histories; i++) {
            if (onlyHistory == ALL || onlyHistory == i) {
                int length = Math.min(batchesPerHistory, 2 + i * i);
                SplittableRandom random = new SplittableRandom(seed + i);
                StoreRun run =
                        new StoreRun(factory, directory.resolve("store-" + Long.toHexString(seed) + "-" + i), random);
                try {
                    run.run(length);
                } catch (BrokenRule broken) {
                    throw broken.replayedBy("StateStoreCheck.of(...).seed(" + seed + "L).histories(" + histories + ", "
                            + batchesPerHistory + ").onlyHistory(" + i + ").check()");
                }
                done++;
                entries += length;
                reopened += run.reopened();
            }
        }
        if (onlyHistory == ALL) {
            race();
        }
        return new CheckReport(seed, done, entries, reopened);
    }

    private void race() {
        Path live = directory.resolve("race-" + Long.toHexString(seed)).resolve("live");
        try (StateStore store = factory.open(live, Optional.empty())) {
            new StoreRace(store).run();
        } catch (BrokenRule broken) {
            throw broken.replayedBy("StateStoreCheck.of(...).check(), a race of threads: more than once if need be");
        }
    }
}
