package io.quorate.statemachine.raft.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Syncs for real and remembers what a power loss right now would leave of the names and of the vote. */
final class DiskWitness implements DirectorySync {
    private volatile Optional<VoteRecord> vote = Optional.empty();
    private volatile Set<String> segments = Set.of();
    private volatile Object snapshotKey;
    private volatile boolean failing;

    /** From now on every sync fails. */
    void breakDisk() {
        failing = true;
    }

    @Override
    public void sync(Path directory) throws IOException {
        if (failing) {
            throw new IOException("planted: input/output error");
        }
        if (directory.endsWith("current")) {
            Optional<VoteRecord> seen = VoteMirror.read(directory);
            Set<String> names = logNames(directory);
            FSYNC.sync(directory);
            vote = seen;
            segments = names;
        } else if (Files.isDirectory(directory.resolve("current"))) {
            Object key = snapshotKeyIn(directory);
            FSYNC.sync(directory);
            snapshotKey = key;
        } else {
            FSYNC.sync(directory);
        }
    }

    /** The durable vote; empty if nothing was synced yet. */
    Optional<VoteRecord> vote() {
        return vote;
    }

    /** Durable names of log segments. */
    Set<String> segments() {
        return segments;
    }

    /** Identity of the snapshot directory whose name is durable; null if none. */
    Object snapshotKey() {
        return snapshotKey;
    }

    static Set<String> logNames(Path current) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(current)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("log_"))
                    .forEach(names::add);
        }
        return names;
    }

    static Object snapshotKeyIn(Path group) throws IOException {
        Path snapshots = group.resolve("sm");
        return Files.isDirectory(snapshots)
                ? Files.readAttributes(snapshots, BasicFileAttributes.class).fileKey()
                : null;
    }
}
