package io.quorate.statemachine.store;

import java.nio.file.Path;
import java.util.Optional;

/** Opens stores. */
public interface StateStoreFactory {
    /**
     * Opens a store at the position of a checkpoint, or empty. What lies in the live directory is removed first: a restart never
     * goes on from it. The checkpoint is left unchanged and may be removed afterwards.
     *
     * @param live directory for the running state; made if absent, on the same file system as the checkpoint
     * @throws StateStoreException if the checkpoint is damaged or of an unknown version; names the file
     */
    StateStore open(Path live, Optional<Path> checkpoint);
}
