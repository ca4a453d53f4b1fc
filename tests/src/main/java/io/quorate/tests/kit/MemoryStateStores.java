package io.quorate.tests.kit;

import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.statemachine.store.StateStoreFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens state stores in memory; paths are names only, nothing is written to disk. A fixture for checks, not for production.
 * Thread-safe.
 */
public final class MemoryStateStores implements StateStoreFactory {
    private final Map<Path, MemoryStateStore.State> checkpoints = new ConcurrentHashMap<>();
    private final Set<Path> inUse = ConcurrentHashMap.newKeySet();

    @Override
    public StateStore open(Path live, Optional<Path> checkpoint) {
        MemoryStateStore.State state = MemoryStateStore.State.empty();
        if (checkpoint.isPresent()) {
            state = checkpoints.get(checkpoint.get());
            if (state == null) {
                throw new StateStoreException("no checkpoint " + checkpoint.get());
            }
        }
        if (!inUse.add(live)) {
            throw new StateStoreException(live + " is in use by another store");
        }
        return new MemoryStateStore(
                state,
                (directory, taken) -> checkpoints.putIfAbsent(directory, taken) == null,
                closed -> inUse.remove(live));
    }
}
