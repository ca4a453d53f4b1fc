package io.quorate.tests.apply;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import java.nio.file.Path;

/** A store with a fault in how it writes. */
abstract class FaultyStore implements StateStore {
    final StateStore store;

    private FaultyStore(StateStore store) {
        this.store = store;
    }

    /** Keeps the position in a field, and puts it into the next batch only. */
    static final class PositionOneLate extends FaultyStore {
        private Position latest;

        PositionOneLate(StateStore store) {
            super(store);
            latest = store.position();
        }

        @Override
        public Position position() {
            return latest;
        }

        @Override
        public void write(StateBatch batch, Position position) {
            store.write(batch, latest);
            latest = position;
        }

        @Override
        public Position checkpoint(Path directory) {
            store.checkpoint(directory);
            return latest;
        }
    }

    /** Leaves out what writers' sessions are. */
    static final class WithoutSessions extends FaultyStore {
        WithoutSessions(StateStore store) {
            super(store);
        }

        @Override
        public void write(StateBatch batch, Position position) {
            StateBatch rest = new StateBatch();
            for (Keyspace keyspace : Keyspace.values()) {
                if (keyspace != Keyspace.SESSIONS) {
                    batch.changes(keyspace)
                            .forEach((key, value) -> value.ifPresentOrElse(
                                    content -> rest.put(keyspace, key, content), () -> rest.delete(keyspace, key)));
                }
            }
            store.write(rest, position);
        }
    }

    @Override
    public Position position() {
        return store.position();
    }

    @Override
    public StateView view(Keyspace keyspace) {
        return store.view(keyspace);
    }

    @Override
    public StateSnapshot snapshot() {
        return store.snapshot();
    }

    @Override
    public void write(StateBatch batch, Position position) {
        store.write(batch, position);
    }

    @Override
    public Position checkpoint(Path directory) {
        return store.checkpoint(directory);
    }

    @Override
    public long diskBytes() {
        return store.diskBytes();
    }

    @Override
    public void close() {
        store.close();
    }
}
