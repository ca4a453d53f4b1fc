package io.quorate.statemachine.store;

import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/**
 * A transaction over a state and the batch that is being gathered for it: reads see the batch first. One entry's writes can be
 * taken back without touching those of entries before it. Not thread-safe.
 */
public final class BatchTransaction implements StateTransaction {
    private record Undo(Bytes key, Optional<Bytes> previous) {}

    private final StateView base;
    private final StateBatch batch;
    private final Keyspace keyspace;
    private final IntSupplier applyVersion;
    private final List<Undo> undo = new ArrayList<>();

    /** For entries of apply version 1. */
    public BatchTransaction(StateView base, StateBatch batch, Keyspace keyspace) {
        this(base, batch, keyspace, () -> 1);
    }

    /** @param applyVersion asked for each entry that wants to know */
    public BatchTransaction(StateView base, StateBatch batch, Keyspace keyspace, IntSupplier applyVersion) {
        this.applyVersion = applyVersion;
        this.base = base;
        this.batch = batch;
        this.keyspace = keyspace;
    }

    /** Keeps what was written so far: a later {@link #rollback} goes back to here. */
    public void savepoint() {
        undo.clear();
    }

    /** Takes back what was written since the last {@link #savepoint}. */
    public void rollback() {
        for (int i = undo.size() - 1; i >= 0; i--) {
            batch.restore(keyspace, undo.get(i).key(), undo.get(i).previous());
        }
        undo.clear();
    }

    @Override
    public int applyVersion() {
        return applyVersion.getAsInt();
    }

    @Override
    public void put(Bytes key, Bytes value) {
        undo.add(new Undo(key, batch.set(keyspace, key, Optional.of(value))));
    }

    @Override
    public void delete(Bytes key) {
        undo.add(new Undo(key, batch.set(keyspace, key, Optional.empty())));
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        Optional<Bytes> changed = batch.changes(keyspace).get(key);
        return changed != null ? changed : base.get(key);
    }

    @Override
    public void scan(Bytes from, Optional<Bytes> to, Visitor visitor) {
        TreeMap<Bytes, Optional<Bytes>> pending = new TreeMap<>();
        for (Map.Entry<Bytes, Optional<Bytes>> change : batch.changes(keyspace).entrySet()) {
            boolean before = to.isPresent() && change.getKey().compareTo(to.get()) >= 0;
            if (change.getKey().compareTo(from) >= 0 && !before) {
                pending.put(change.getKey(), change.getValue());
            }
        }
        boolean[] wanted = {true};
        base.scan(from, to, (key, value) -> {
            while (wanted[0] && !pending.isEmpty() && pending.firstKey().compareTo(key) < 0) {
                wanted[0] = visitPending(pending, visitor);
            }
            if (wanted[0] && !pending.isEmpty() && pending.firstKey().equals(key)) {
                wanted[0] = visitPending(pending, visitor);
            } else if (wanted[0]) {
                wanted[0] = visitor.visit(key, value);
            }
            return wanted[0];
        });
        while (wanted[0] && !pending.isEmpty()) {
            wanted[0] = visitPending(pending, visitor);
        }
    }

    private static boolean visitPending(TreeMap<Bytes, Optional<Bytes>> pending, Visitor visitor) {
        Map.Entry<Bytes, Optional<Bytes>> first = pending.pollFirstEntry();
        return first.getValue()
                .map(value -> visitor.visit(first.getKey(), value))
                .orElse(true);
    }
}
