package io.quorate.tests.kit;

import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writes one history to a store, while others look at it. */
final class StoreRun {
    private record Checkpoint(Path path, Position position) {}

    private static final int BATCHES_AT_A_TIME = 6;

    private final StateStoreFactory factory;
    private final Path directory;
    private final SplittableRandom random;
    private final StoreModel model;
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private StateStore store;
    private int reopened;

    StoreRun(StateStoreFactory factory, Path directory, SplittableRandom random) {
        this.factory = factory;
        this.directory = directory;
        this.random = random;
        this.model = new StoreModel(random.nextLong());
    }

    int reopened() {
        return reopened;
    }

    void run(int batches) {
        ExecutorService others = Executors.newFixedThreadPool(2);
        store = open(Optional.empty());
        try {
            int left = batches;
            while (left > 0) {
                int now = Math.min(left, 1 + random.nextInt(BATCHES_AT_A_TIME));
                left -= now;
                writeWatched(now, others);
                model.compare(store.position(), store::view, random, "the store after a write");
                if (random.nextInt(3) == 0) {
                    reopen();
                }
            }
            reopen();
        } finally {
            store.close();
            others.shutdownNow();
        }
    }

    private StateStore open(Optional<Path> checkpoint) {
        return factory.open(directory.resolve("live"), checkpoint);
    }

    private void writeWatched(int batches, ExecutorService others) {
        try (StateSnapshot still = store.snapshot()) {
            Position before = still.position();
            Path path = directory.resolve("checkpoint-" + checkpoints.size());
            SplittableRandom watching = random.split();
            Future<Position> taken = random.nextBoolean() ? others.submit(() -> store.checkpoint(path)) : null;
            Future<?> watched = others.submit(() -> watch(watching));
            for (int i = 0; i < batches; i++) {
                StateBatch batch = new StateBatch();
                Position position = model.fill(batch, store.position());
                store.write(batch, position);
                if (!store.position().equals(position)) {
                    throw new BrokenRule(
                            Finding.STORE_CONTRACT, "position " + store.position() + " after a write at " + position);
                }
            }
            await(watched);
            if (taken != null) {
                checkpoints.add(new Checkpoint(path, (Position) await(taken)));
            }
            if (!still.position().equals(before)) {
                throw new BrokenRule(
                        Finding.STORE_CONTRACT, "a snapshot moved from " + before + " to " + still.position());
            }
            model.compare(before, still::view, random, "a snapshot that others wrote behind");
        }
    }

    private void watch(SplittableRandom watching) {
        for (int i = 0; i < BATCHES_AT_A_TIME; i++) {
            try (StateSnapshot snapshot = store.snapshot()) {
                model.compare(snapshot.position(), snapshot::view, watching, "a snapshot taken during writes");
            }
        }
    }

    /** The value, or the rule that was broken on the way to it. */
    static Object await(Future<?> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BrokenRule broken) {
                throw broken;
            }
            throw new BrokenRule(
                    Finding.STORE_CONTRACT, "a snapshot or checkpoint failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** As a restart does: from a checkpoint, or empty, whatever the live directory holds. */
    private void reopen() {
        store.close();
        reopened++;
        boolean empty = checkpoints.isEmpty() || random.nextInt(10) == 0;
        if (empty) {
            store = open(Optional.empty());
            model.compare(store.position(), store::view, random, "the store opened empty");
            expectPosition(Position.START, "opened empty");
            return;
        }
        Checkpoint checkpoint = checkpoints.get(random.nextInt(checkpoints.size()));
        store = open(Optional.of(checkpoint.path()));
        expectPosition(checkpoint.position(), "opened from a checkpoint");
        model.compare(store.position(), store::view, random, "the store opened from a checkpoint");
    }

    private void expectPosition(Position expected, String when) {
        if (!store.position().equals(expected)) {
            throw new BrokenRule(
                    Finding.POSITION_NOT_WITH_DATA,
                    "the store " + when + " is at " + store.position() + " instead of " + expected);
        }
    }
}
