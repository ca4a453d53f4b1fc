package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.StateStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The directory of a running store: wiped whenever it is claimed, and never by two at once. A directory that holds files but not
 * our marker is refused rather than wiped, since somebody else's data may lie there.
 */
final class LiveDirectory implements AutoCloseable {
    /** Marks a directory as ours to wipe, and carries the lock. */
    static final String MARKER = "QUORATE-LIVE";

    private static final byte[] MARKER_TEXT = "Running state of a Quorate replica, version 1: wiped at every start.\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final Path directory;
    private final FileChannel channel;

    private LiveDirectory(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** @throws StateStoreException if it is in use, or not ours to wipe */
    static LiveDirectory claim(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path marker = directory.resolve(MARKER);
        List<Path> found = DirectoryFiles.list(directory);
        if (!found.isEmpty() && !Files.exists(marker)) {
            throw new StateStoreException(directory + " holds " + found.get(0).getFileName() + " but no " + MARKER
                    + ": it is no live directory of a replica, and is not wiped; give an empty or a new directory");
        }
        FileChannel channel = FileChannel.open(marker, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            lock(directory, channel);
            channel.write(ByteBuffer.wrap(MARKER_TEXT), 0);
            LiveDirectory live = new LiveDirectory(directory, channel);
            live.wipe();
            return live;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(Path directory, FileChannel channel) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            throw new StateStoreException(directory + " is in use by another store of this process", e);
        }
        if (lock == null) {
            throw new StateStoreException(directory + " is in use by another process: stop it first");
        }
    }

    private void wipe() throws IOException {
        for (Path path : DirectoryFiles.list(directory)) {
            if (!path.getFileName().toString().equals(MARKER)) {
                DirectoryFiles.deleteTree(path);
            }
        }
    }

    Path path() {
        return directory;
    }

    /** Gives the directory free; its content stays until the next claim. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
