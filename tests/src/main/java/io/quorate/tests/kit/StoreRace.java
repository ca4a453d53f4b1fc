package io.quorate.tests.kit;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Small batches, as many as can be, while others do nothing but take snapshots: each batch stamps every keyspace with its position, so
 * that a snapshot in the middle of a batch shows.
 */
final class StoreRace {
    /** Long enough for threads to be taken off their cores in the middle of batches, often. */
    private static final long NANOS = 1_500_000_000L;

    private static final int WATCHERS = 2;
    private static final Bytes STAMP = Bytes.utf8("stamp");

    private final StateStore store;
    private volatile boolean over;

    StoreRace(StateStore store) {
        this.store = store;
    }

    void run() {
        ExecutorService watchers = Executors.newFixedThreadPool(WATCHERS);
        try {
            write(Position.START);
            Future<?> one = watchers.submit(this::watch);
            Future<?> other = watchers.submit(this::watch);
            long end = System.nanoTime() + NANOS;
            for (int i = 1; System.nanoTime() < end && !one.isDone() && !other.isDone(); i++) {
                write(new Position(new Lsn(i), 1, i, i));
            }
            over = true;
            StoreRun.await(one);
            StoreRun.await(other);
        } finally {
            over = true;
            watchers.shutdown();
        }
    }

    private void write(Position position) {
        StateBatch batch = new StateBatch();
        for (Keyspace keyspace : Keyspace.values()) {
            batch.put(keyspace, STAMP, position.encode());
        }
        store.write(batch, position);
    }

    private void watch() {
        while (!over) {
            try (StateSnapshot snapshot = store.snapshot()) {
                for (Keyspace keyspace : Keyspace.values()) {
                    Optional<Bytes> stamp = snapshot.view(keyspace).get(STAMP);
                    if (!stamp.equals(Optional.of(snapshot.position().encode()))) {
                        throw new BrokenRule(
                                Finding.POSITION_NOT_WITH_DATA,
                                "a snapshot taken during writes is at " + snapshot.position() + ", but " + keyspace
                                        + " is at " + stamp.map(Position::decode));
                    }
                }
            }
        }
    }
}
