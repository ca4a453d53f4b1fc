package io.quorate.statemachine.raft.sync;

import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the names in a directory durable. A port, so that a test can watch, delay or fail it; {@link #FSYNC} is the real one. */
@FunctionalInterface
public interface DirectorySync {
    DirectorySync FSYNC = DurableFiles::syncDirectory;

    void sync(Path directory) throws IOException;
}
