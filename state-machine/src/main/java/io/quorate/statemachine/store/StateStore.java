package io.quorate.statemachine.store;

import io.quorate.statemachine.app.StateView;
import java.nio.file.Path;

/**
 * A replica's state: ordered keyspaces and a {@link Position}, changed by atomic batches.
 *
 * <p>One thread writes; reads, snapshots and checkpoints come from any thread meanwhile. A store is opened by its {@link
 * StateStoreFactory} from a checkpoint or empty; what was written after the last checkpoint is written again from the log.
 */
public interface StateStore extends AutoCloseable {
    /** Position of the last batch written. */
    Position position();

    /** The latest state; each call sees what was written before it. */
    StateView view(Keyspace keyspace);

    /** The state at one position. To be closed. */
    StateSnapshot snapshot();

    /**
     * Writes a batch and its position atomically. Need not be durable.
     *
     * @throws StateStoreException if the write failed: the store must then be reopened
     */
    void write(StateBatch batch, Position position);

    /**
     * Makes a self-contained copy of the state in a directory that does not exist yet. When this returns, the copy is durable:
     * files, directory, and the directory's name in its parent. Writes may go on meanwhile.
     *
     * @return the position that the copy holds
     * @throws StateStoreException if it failed; what was made is removed
     */
    Position checkpoint(Path directory);

    /** Bytes that the state takes on disk, roughly. */
    long diskBytes();

    @Override
    void close();
}
