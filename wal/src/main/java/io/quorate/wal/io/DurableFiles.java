package io.quorate.wal.io;

import io.quorate.wal.io.DurabilityException.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Changes to files and directories that survive a power loss once the method has returned.
 *
 * <p>POSIX keeps the content of a file and its name apart: {@code fsync} of a file says nothing about the directory entry that
 * leads to it, and a rename is durable only after an {@code fsync} of the directory. ext4 and xfs order their metadata journal, so
 * that a later fsync there often carries an earlier rename along; nothing here relies on that.
 *
 * <p>All methods are blocking, keep no state and may be called from any thread; two writers of one target at the same time are
 * the caller's mistake. Every failure is a {@link DurabilityException}. Symbolic links are neither followed nor synced.
 */
public final class DurableFiles {
    private static final String TEMPORARY_SUFFIX = ".tmp";

    private DurableFiles() {}

    /** Makes the content and the length of an existing file durable. Its name is not: see {@link #syncDirectory}. */
    public static void syncFile(Path file) throws DurabilityException {
        force(file, Step.SYNC_FILE);
    }

    /** Makes the names in a directory durable: entries created, moved in, moved out or removed before the call. */
    public static void syncDirectory(Path directory) throws DurabilityException {
        force(directory, Step.SYNC_DIRECTORY);
    }

    /**
     * Replaces or creates {@code target} with {@code content}: after a crash at any moment it has the old content or the new one,
     * whole; after the method has returned, the new one. Writes to {@link #temporaryOf} in the same directory first.
     *
     * @throws DurabilityException step WRITE, SYNC_FILE or MOVE: the old content is unchanged and the temporary file removed;
     *     step SYNC_DIRECTORY: the new content is visible, but a power loss may bring the old one back
     */
    public static void writeAtomically(Path target, ByteBuffer content) throws DurabilityException {
        replace(target, content);
        syncDirectory(parentOf(target));
    }

    /**
     * The same without the last step: after a power loss the old content or the new one is there, whole, and which of them is open
     * until the directory is synced. For callers that sync it for several changes at once.
     */
    public static void replace(Path target, ByteBuffer content) throws DurabilityException {
        Path temporary = temporaryOf(target);
        try {
            writeAndSync(temporary, content.duplicate());
            rename(temporary, target);
        } catch (DurabilityException e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /** The temporary name that {@link #writeAtomically} uses; such a file found after a crash is of no value. */
    public static Path temporaryOf(Path target) {
        return target.resolveSibling(target.getFileName() + TEMPORARY_SUFFIX);
    }

    /**
     * Renames within one file system, replacing a file at {@code target}, and makes both directories durable. The content is not
     * synced: do that first ({@link #syncFile}, {@link #syncTree}).
     */
    public static void move(Path source, Path target) throws DurabilityException {
        rename(source, target);
        Path from = parentOf(source);
        Path to = parentOf(target);
        syncDirectory(to);
        if (!from.equals(to)) {
            syncDirectory(from);
        }
    }

    /** Cuts a file to {@code length} bytes, which must not be beyond its end, and makes that durable. */
    public static void truncate(Path file, long length) throws DurabilityException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (length < 0 || length > channel.size()) {
                throw new IllegalArgumentException(
                        "length " + length + " not within 0.." + channel.size() + " of " + file);
            }
            channel.truncate(length);
            force(channel, file, Step.SYNC_FILE);
        } catch (DurabilityException e) {
            throw e;
        } catch (IOException e) {
            throw new DurabilityException(Step.TRUNCATE, file, e);
        }
    }

    /** Creates a directory and the missing ones above it, each durable in its parent. An existing one is left as it is. */
    public static void createDirectories(Path directory) throws DurabilityException {
        Path absolute = directory.toAbsolutePath().normalize();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = absolute.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        try {
            Files.createDirectories(absolute);
        } catch (IOException e) {
            throw new DurabilityException(Step.CREATE_DIRECTORY, absolute, e);
        }
        if (parent != null) {
            syncDirectory(parent);
        }
    }

    /**
     * Makes a whole tree durable: every file, then the directories from the bottom up, {@code root} last. The name of
     * {@code root} itself is its parent's matter. The tree must not change meanwhile.
     */
    public static void syncTree(Path root) throws DurabilityException {
        walk(root, Step.SYNC_FILE, new TreeSync(false));
    }

    /**
     * The same for a tree in which others create, rename and remove files meanwhile: what is gone when its turn comes is passed over.
     * They must sync what they rename, as {@link #replace} does; what was there before and stays is made durable.
     */
    public static void syncTreeInUse(Path root) throws DurabilityException {
        walk(root, Step.SYNC_FILE, new TreeSync(true));
    }

    private static final class TreeSync extends SimpleFileVisitor<Path> {
        private final boolean inUse;

        TreeSync(boolean inUse) {
            this.inUse = inUse;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile()) {
                try {
                    syncFile(file);
                } catch (DurabilityException e) {
                    passOver(e);
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            passOver(failure);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            try {
                syncDirectory(directory);
            } catch (DurabilityException e) {
                passOver(e);
            }
            return FileVisitResult.CONTINUE;
        }

        /** By the cause: meanwhile the name may be there again. */
        private void passOver(IOException failure) throws IOException {
            boolean gone = failure instanceof NoSuchFileException || failure.getCause() instanceof NoSuchFileException;
            if (!inUse || !gone) {
                throw failure;
            }
        }
    }

    /**
     * Removes a file or a tree, and makes the removal durable in the parent. Nothing there: nothing done. Links are removed, not
     * followed. After a crash in the middle a part may be left; a second call finishes it.
     */
    public static void deleteTree(Path root) throws DurabilityException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        walk(root, Step.DELETE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
        syncDirectory(parentOf(root));
    }

    private static void walk(Path root, Step step, SimpleFileVisitor<Path> visitor) throws DurabilityException {
        try {
            Files.walkFileTree(root, visitor);
        } catch (DurabilityException e) {
            throw e;
        } catch (IOException e) {
            throw new DurabilityException(step, root, e);
        }
    }

    private static void writeAndSync(Path file, ByteBuffer content) throws DurabilityException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            force(channel, file, Step.SYNC_FILE);
        } catch (DurabilityException e) {
            throw e;
        } catch (IOException e) {
            throw new DurabilityException(Step.WRITE, file, e);
        }
    }

    private static void rename(Path source, Path target) throws DurabilityException {
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new DurabilityException(Step.MOVE, source, e);
        }
    }

    /** Opened for reading: fsync needs no write permission, directories cannot be opened otherwise, and nothing is created. */
    private static void force(Path path, Step step) throws DurabilityException {
        boolean directory = Files.isDirectory(path);
        if (directory != (step == Step.SYNC_DIRECTORY)) {
            throw new DurabilityException(step, path, kindMismatch(path, directory));
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new DurabilityException(step, path, e);
        }
    }

    private static IOException kindMismatch(Path path, boolean directory) {
        if (!Files.exists(path)) {
            return new NoSuchFileException(path.toString());
        }
        return new IOException(directory ? "is a directory" : "is not a directory");
    }

    private static void force(FileChannel channel, Path path, Step step) throws DurabilityException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw new DurabilityException(step, path, e);
        }
    }

    private static Path parentOf(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("has no parent directory: " + path);
        }
        return parent;
    }
}
