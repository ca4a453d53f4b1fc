package io.quorate.tests.kit;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A state store in memory, for checks that make thousands of histories. Not for production: nothing of it is durable. Thread-safe:
 * each write replaces the whole state at once.
 */
final class MemoryStateStore implements StateStore {
    /** One state; never changed after it was made. */
    record State(Position position, Map<Keyspace, NavigableMap<Bytes, Bytes>> maps) {
        static State empty() {
            Map<Keyspace, NavigableMap<Bytes, Bytes>> maps = new EnumMap<>(Keyspace.class);
            for (Keyspace keyspace : Keyspace.values()) {
                maps.put(keyspace, new TreeMap<>());
            }
            return new State(Position.START, maps);
        }

        State with(StateBatch batch, Position newPosition) {
            Map<Keyspace, NavigableMap<Bytes, Bytes>> changed = new EnumMap<>(maps);
            for (Keyspace keyspace : Keyspace.values()) {
                Map<Bytes, Optional<Bytes>> changes = batch.changes(keyspace);
                if (!changes.isEmpty()) {
                    NavigableMap<Bytes, Bytes> map = new TreeMap<>(maps.get(keyspace));
                    changes.forEach((key, value) -> {
                        if (value.isPresent()) {
                            map.put(key, value.get());
                        } else {
                            map.remove(key);
                        }
                    });
                    changed.put(keyspace, map);
                }
            }
            return new State(newPosition, changed);
        }
    }

    private record MapView(Supplier<NavigableMap<Bytes, Bytes>> map) implements StateView {
        @Override
        public Optional<Bytes> get(Bytes key) {
            return Optional.ofNullable(map.get().get(key));
        }

        @Override
        public void scan(Bytes from, Optional<Bytes> to, Visitor visitor) {
            for (Map.Entry<Bytes, Bytes> entry : map.get().tailMap(from, true).entrySet()) {
                boolean behind = to.isPresent() && entry.getKey().compareTo(to.get()) >= 0;
                if (behind || !visitor.visit(entry.getKey(), entry.getValue())) {
                    return;
                }
            }
        }
    }

    private final CheckpointTaker checkpoints;
    private final Consumer<MemoryStateStore> onClose;
    private volatile State state;
    private volatile boolean closed;

    /** Keeps a state under the path of a checkpoint. */
    @FunctionalInterface
    interface CheckpointTaker {
        /** Returns false if there is one already. */
        boolean take(Path directory, State state);
    }

    MemoryStateStore(State state, CheckpointTaker checkpoints, Consumer<MemoryStateStore> onClose) {
        this.state = state;
        this.checkpoints = checkpoints;
        this.onClose = onClose;
    }

    private State current() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        return state;
    }

    @Override
    public Position position() {
        return current().position();
    }

    @Override
    public StateView view(Keyspace keyspace) {
        return new MapView(() -> current().maps().get(keyspace));
    }

    @Override
    public StateSnapshot snapshot() {
        State taken = current();
        return new StateSnapshot() {
            @Override
            public Position position() {
                return taken.position();
            }

            @Override
            public StateView view(Keyspace keyspace) {
                return new MapView(() -> taken.maps().get(keyspace));
            }

            @Override
            public void close() {
                // Nothing is held but memory.
            }
        };
    }

    @Override
    public void write(StateBatch batch, Position position) {
        state = current().with(batch, position);
    }

    @Override
    public Position checkpoint(Path directory) {
        State taken = current();
        if (!checkpoints.take(directory, taken)) {
            throw new StateStoreException("checkpoint " + directory + " exists already");
        }
        return taken.position();
    }

    @Override
    public long diskBytes() {
        return 0;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onClose.accept(this);
        }
    }
}
