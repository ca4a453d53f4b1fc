package io.quorate.statemachine.identity;

import io.quorate.statemachine.identity.DataDirectoryException.Problem;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.wal.io.DurabilityException;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.Bytes;
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
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * A node's data directory, locked for this process until closed.
 *
 * <p>Holds the file {@code NODE} (who it belongs to) and {@code LOCK} (held while in use; contains the holder's process id).
 * Everything else in it belongs to others. Thread-safe.
 */
public final class NodeDirectory implements AutoCloseable {
    private static final String NODE = "NODE";
    private static final String LOCK = "LOCK";
    /** What may lie in a directory that is formatted: leftovers of a format that was interrupted, and what mkfs puts there. */
    private static final Set<String> NOTHING = Set.of(LOCK, NODE + ".tmp", "lost+found");

    private final Path path;
    private final FileChannel lock;
    private final boolean formatted;
    private NodeIdentity identity;

    private NodeDirectory(Path path, FileChannel lock, boolean formatted, NodeIdentity identity) {
        this.path = path;
        this.lock = lock;
        this.formatted = formatted;
        this.identity = identity;
    }

    /**
     * Opens a node's directory; makes and formats it where there is nothing yet.
     *
     * @param path made durably if absent
     * @param node the node that wants it
     * @param random source of the incarnation when it is formatted; should be a {@link java.security.SecureRandom}
     * @throws DataDirectoryException if it is refused
     */
    public static NodeDirectory open(Path path, NodeId node, RandomGenerator random) {
        Path directory = path.toAbsolutePath().normalize();
        try {
            DurableFiles.createDirectories(directory);
            refuseForeignFiles(directory);
            FileChannel lock = lock(directory);
            try {
                return openLocked(directory, lock, node, random);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    private static NodeDirectory openLocked(Path directory, FileChannel lock, NodeId node, RandomGenerator random)
            throws IOException {
        Path file = directory.resolve(NODE);
        if (!Files.exists(file)) {
            refuseForeignFiles(directory);
            NodeIdentity fresh = new NodeIdentity(node, drawIncarnation(random), Optional.empty());
            write(file, fresh);
            return new NodeDirectory(directory, lock, true, fresh);
        }
        NodeIdentity found = NodeFile.decode(Bytes.wrap(Files.readAllBytes(file)), file);
        if (!found.node().equals(node)) {
            throw new DataDirectoryException(
                    Problem.FOREIGN_NODE,
                    directory + " belongs to node " + found.node() + ", not to " + node
                            + ": give each node a directory of its own, or correct the node's name");
        }
        return new NodeDirectory(directory, lock, false, found);
    }

    private static void refuseForeignFiles(Path directory) throws IOException {
        if (Files.exists(directory.resolve(NODE))) {
            return;
        }
        try (Stream<Path> content = Files.list(directory)) {
            List<String> foreign = content.map(p -> p.getFileName().toString())
                    .filter(name -> !NOTHING.contains(name))
                    .sorted()
                    .limit(3)
                    .toList();
            if (!foreign.isEmpty()) {
                throw new DataDirectoryException(
                        Problem.NO_IDENTITY,
                        directory + " holds " + String.join(", ", foreign) + " but no file " + NODE
                                + ": it is not a data directory, or its identity is lost. Choose an empty directory; a"
                                + " node that has lost its identity must come back as a new peer");
            }
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        if (held == null) {
            channel.close();
            String holder = Files.readString(file, StandardCharsets.US_ASCII).strip();
            throw new DataDirectoryException(
                    Problem.IN_USE,
                    directory + " is in use by process " + (holder.isEmpty() ? "(unknown)" : holder)
                            + ": one process at a time, stop that one or choose another directory");
        }
        String pid = ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
        return channel;
    }

    private static Incarnation drawIncarnation(RandomGenerator random) {
        long drawn = random.nextLong();
        return new Incarnation(drawn == 0 ? 1 : drawn);
    }

    private static void write(Path file, NodeIdentity identity) throws DurabilityException {
        DurableFiles.writeAtomically(file, NodeFile.encode(identity).buffer());
    }

    private static DataDirectoryException unusable(Path directory, IOException e) {
        return new DataDirectoryException(
                Problem.UNUSABLE, "data directory " + directory + " cannot be used: " + e.getMessage(), e);
    }

    /** Absolute. */
    public Path path() {
        return path;
    }

    /** Whose it is, now. */
    public synchronized NodeIdentity identity() {
        return identity;
    }

    /** Whether {@link #open} found nothing and formatted it: this node is new, or has lost its disk. */
    public boolean formatted() {
        return formatted;
    }

    /**
     * Makes this node part of a cluster, durably; again with the same cluster is a no-op.
     *
     * @throws DataDirectoryException if it is part of another one
     */
    public synchronized void join(ClusterId cluster) {
        Optional<ClusterId> current = identity.cluster();
        if (current.filter(cluster::equals).isPresent()) {
            return;
        }
        if (current.isPresent()) {
            throw new DataDirectoryException(
                    Problem.FOREIGN_CLUSTER,
                    path + " belongs to cluster " + current.get() + ", not to " + cluster
                            + ": to move the node to another cluster, start it on an empty directory");
        }
        NodeIdentity joined = identity.in(cluster);
        try {
            write(path.resolve(NODE), joined);
        } catch (DurabilityException e) {
            throw unusable(path, e);
        }
        identity = joined;
    }

    /** Releases the lock. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }
}
