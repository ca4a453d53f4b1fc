package io.quorate.statemachine.store;

import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.Bytes;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A sorted map as a view: what lies below a {@link BatchTransaction} in a test of applications. */
public final class MapView implements StateView {
    private final NavigableMap<Bytes, Bytes> map = new TreeMap<>();

    public NavigableMap<Bytes, Bytes> map() {
        return map;
    }

    /** Writes the changes of a batch into the map. */
    public void write(StateBatch batch) {
        batch.changes(Keyspace.USER).forEach((key, value) -> {
            if (value.isPresent()) {
                map.put(key, value.get());
            } else {
                map.remove(key);
            }
        });
    }

    @Override
    public Optional<Bytes> get(Bytes key) {
        return Optional.ofNullable(map.get(key));
    }

    @Override
    public void scan(Bytes from, Optional<Bytes> to, Visitor visitor) {
        NavigableMap<Bytes, Bytes> tail = map.tailMap(from, true);
        NavigableMap<Bytes, Bytes> range =
                to.isEmpty() ? tail : to.get().compareTo(from) <= 0 ? new TreeMap<>() : tail.headMap(to.get(), false);
        for (Map.Entry<Bytes, Bytes> entry : range.entrySet()) {
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }
}
