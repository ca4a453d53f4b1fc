package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.StateStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native code. Left alone, RocksDB unpacks 15 MB into the temporary directory at every start and removes them
 * at an orderly exit only: a process that is killed often would fill the disk. Here the file is removed as soon as it is loaded,
 * since the kernel keeps it for as long as it is mapped.
 */
final class NativeLibrary {
    private static final Logger log = LoggerFactory.getLogger(NativeLibrary.class);
    /** RocksDB's own variable: a directory to unpack into and to leave alone. */
    private static final String GIVEN_DIRECTORY = "ROCKSDB_SHAREDLIB_DIR";

    private NativeLibrary() {}

    /**
     * Loads it once; a second call does nothing.
     *
     * @throws StateStoreException if it cannot be unpacked or loaded
     */
    static synchronized void load() {
        try {
            if (System.getenv(GIVEN_DIRECTORY) == null) {
                unpackAndRemove();
            }
            RocksDB.loadLibrary();
        } catch (IOException | RuntimeException | LinkageError e) {
            throw new StateStoreException(
                    "RocksDB's native library could not be loaded from " + System.getProperty("java.io.tmpdir")
                            + ": let -Djava.io.tmpdir or " + GIVEN_DIRECTORY
                            + " name a directory with 16 MB of room that allows execution",
                    e);
        }
    }

    private static void unpackAndRemove() throws IOException {
        Path directory = Files.createTempDirectory("quorate-rocksdb");
        try {
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
        } finally {
            remove(directory);
        }
    }

    /** Some systems keep files that are in use; RocksDB removes them at exit then. */
    private static void remove(Path directory) {
        try {
            DirectoryFiles.deleteTree(directory);
        } catch (IOException e) {
            log.warn("{} stays until the process ends: {}", directory, e.toString());
        }
    }
}
