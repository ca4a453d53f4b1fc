package io.quorate.statemachine.raft;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks at the free space of the data directory, so that appends are refused before Ratis meets a full disk (which would close
 * its log for good). Hysteresis: full below the reserve, free again above twice the reserve. Thread-safe.
 */
final class DiskGuard {
    private final Path directory;
    private final long reserveBytes;
    /** Where the directory lies; found at the first look. */
    private FileStore fileStore;

    private volatile boolean full;
    private volatile long usableBytes = Long.MAX_VALUE;

    DiskGuard(Path directory, long reserveBytes) {
        this.directory = directory;
        this.reserveBytes = reserveBytes;
    }

    /** Looks again; a directory that cannot be asked counts as full. */
    synchronized void look() {
        try {
            if (fileStore == null) {
                fileStore = Files.getFileStore(directory); // reads the table of mounts: once
            }
            usableBytes = fileStore.getUsableSpace();
        } catch (IOException e) {
            usableBytes = 0;
        }
        full = usableBytes < (full ? 2 * reserveBytes : reserveBytes);
    }

    boolean isFull() {
        return full;
    }

    /** True if it is not full and has so many bytes to spare. */
    boolean hasRoom(long bytes) {
        return !full && usableBytes >= bytes;
    }

    String message() {
        return "the disk of " + directory + " has " + (usableBytes >> 20) + " MiB left, less than the reserve of "
                + (reserveBytes >> 20) + " MiB; free some, appends go on by themselves";
    }
}
