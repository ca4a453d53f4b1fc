package io.quorate.statemachine.raft;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;

/**
 * What queries read from: a snapshot, so that all reads of a query see one state, and its position can be named. One snapshot serves
 * all queries until something was written: on a quiet shard it costs nothing, on a busy one a snapshot for each write at most.
 *
 * <p>Guarantee: a lease sees all that was written before it was taken. Thread-safe; the store stays open while a lease is out.
 */
final class QuerySnapshots {
    /** A snapshot with its readers. Guarded by the object around. */
    private static final class Shared {
        private final StateSnapshot snapshot;
        private final StateView view;
        private int readers;

        Shared(StateSnapshot snapshot) {
            this.snapshot = snapshot;
            this.view = snapshot.view(Keyspace.USER);
        }
    }

    /** One query's hold on a snapshot. */
    final class Lease implements AutoCloseable {
        private final Shared shared;

        private Lease(Shared shared) {
            this.shared = shared;
        }

        StateView view() {
            return shared.view;
        }

        Position position() {
            return shared.snapshot.position();
        }

        @Override
        public void close() {
            returned(shared);
        }
    }

    /** The newest; null before the first query and after {@link #drop}. Guarded by this. */
    private Shared current;

    synchronized Lease lease(StateStore store) {
        if (current == null
                || current.snapshot.position().index() < store.position().index()) {
            drop();
            current = new Shared(store.snapshot());
        }
        current.readers++;
        return new Lease(current);
    }

    private synchronized void returned(Shared shared) {
        shared.readers--;
        if (shared != current && shared.readers == 0) {
            shared.snapshot.close();
        }
    }

    /** Lets go of a snapshot that no further query may use, so that what was overwritten since can be freed. */
    synchronized void dropOutdated(StateStore store) {
        if (current != null
                && current.snapshot.position().index() < store.position().index()) {
            drop();
        }
    }

    /** Before the store is closed. */
    synchronized void drop() {
        Shared dropped = current;
        current = null;
        if (dropped != null && dropped.readers == 0) {
            dropped.snapshot.close();
        }
    }
}
