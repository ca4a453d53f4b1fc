package io.quorate.statemachine.raft;

import io.quorate.statemachine.store.Position;
import io.quorate.wal.io.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable checkpoints of one replica: directories {@code checkpoint.TERM_INDEX} in the group's {@code sm} directory, which is
 * also what a snapshot install replaces as a whole. The live state lies elsewhere.
 *
 * <p>Two checkpoints are kept, and those that are on their way to another peer: without that, an install that takes longer than two
 * checkpoints would fail every time.
 */
final class CheckpointStorage implements StateMachineStorage {
    private static final Logger log = LoggerFactory.getLogger(CheckpointStorage.class);
    private static final String PREFIX = "checkpoint.";
    private static final int KEPT = 2;
    /** Ratis writes one beside each file that it received; no part of a checkpoint. */
    private static final String SIDECAR = ".md5";

    /** Longest silence of a sender that is still at work: Ratis itself gives up earlier. */
    private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** For whoever received one to catch up with what was written meanwhile, which may be as much. */
    private static final long CATCH_UP_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** A checkpoint as Ratis sees it. Ratis asks for the files again at each chunk that it sends, which keeps them alive. */
    private final class LeasedSnapshot extends FileListSnapshotInfo {
        private final long bytes;

        LeasedSnapshot(List<FileInfo> files, TermIndex termIndex) {
            super(files, termIndex);
            this.bytes = files.stream().mapToLong(FileInfo::getFileSize).sum();
        }

        @Override
        public List<FileInfo> getFiles() {
            sendings.put(getTermIndex(), new Sending(System.nanoTime(), bytes));
            return super.getFiles();
        }
    }

    /** When a part of a checkpoint was last sent to a peer, and how much all of it is. */
    private record Sending(long nanos, long bytes) {
        boolean isWithin(long span) {
            return System.nanoTime() - nanos <= span;
        }
    }

    /** A checkpoint on disk. */
    record Checkpoint(TermIndex termIndex, Path directory) {}

    /** Set when the group is opened. */
    private volatile Path directory;

    private final Map<TermIndex, Sending> sendings = new ConcurrentHashMap<>();

    private volatile SnapshotInfo latest;

    /** For a group that Ratis opens: the directory becomes known at {@link #init}. */
    CheckpointStorage() {}

    /** For a look at a group that is not open. */
    CheckpointStorage(Path directory) {
        this.directory = directory;
    }

    @Override
    public void init(RaftStorage storage) throws IOException {
        directory = storage.getStorageDir().getStateMachineDir().toPath();
        reload();
    }

    /** Looks again at what is on disk. */
    void reload() throws IOException {
        Optional<Checkpoint> newest = newest();
        latest = newest.isPresent() ? describe(newest.get()) : null;
    }

    Optional<Checkpoint> newest() throws IOException {
        List<Checkpoint> all = list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /** Checkpoints, oldest first. Directories that are no finished checkpoint have other names and are not seen. */
    private List<Checkpoint> list() throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                entries.filter(Files::isDirectory).forEach(entry -> parse(entry).ifPresent(found::add));
            } catch (UncheckedIOException e) {
                throw e.getCause(); // Ratis closes the division after anything but an IOException
            }
        }
        found.sort(Comparator.comparing(Checkpoint::termIndex));
        return found;
    }

    private static Optional<Checkpoint> parse(Path entry) {
        String name = entry.getFileName().toString();
        String[] numbers =
                name.startsWith(PREFIX) ? name.substring(PREFIX.length()).split("_", -1) : new String[0];
        if (numbers.length != 2 || !numbers[0].matches("\\d{1,18}") || !numbers[1].matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(
                new Checkpoint(TermIndex.valueOf(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])), entry));
    }

    private SnapshotInfo describe(Checkpoint checkpoint) throws IOException {
        List<FileInfo> files = new ArrayList<>();
        try (Stream<Path> tree = Files.walk(checkpoint.directory())) {
            tree.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(SIDECAR))
                    .sorted()
                    .forEach(file -> files.add(new FileInfo(file.toAbsolutePath(), null)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new LeasedSnapshot(files, checkpoint.termIndex());
    }

    /** True if the newest one holds an entry. */
    boolean covers(long index) {
        try {
            return newest().filter(newest -> newest.termIndex().getIndex() >= index)
                    .isPresent();
        } catch (IOException e) {
            log.warn("cannot look for a received snapshot in {}", directory, e);
            return false;
        }
    }

    /** Where a checkpoint at a position not known yet is made first; what an earlier crash left there is removed. */
    Path prepareStaging() {
        try {
            Files.createDirectories(directory);
            Path staging = directory.resolve("staging");
            DurableFiles.deleteTree(staging);
            return staging;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare a checkpoint in " + directory, e);
        }
    }

    /**
     * Gives a durable staged checkpoint its name, durably. Ratis sees it from the next {@link #reload} on, which is when it asks how far
     * its log may go: it purges nothing for a snapshot that it knew before it was asked to take one.
     */
    void publish(Path staging, Position position) throws IOException {
        Path target = directory.resolve(PREFIX + position.term() + "_" + position.index());
        if (Files.exists(target)) {
            DurableFiles.deleteTree(staging);
        } else {
            Files.move(staging, target);
            DurableFiles.syncDirectory(directory);
        }
    }

    @Override
    public SnapshotInfo getLatestSnapshot() {
        return latest;
    }

    @Override
    public void format() {
        // a new group has no checkpoint
    }

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        List<Checkpoint> all = list();
        for (Checkpoint old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            Sending sending = sendings.get(old.termIndex());
            if (sending == null || !sending.isWithin(LEASE_NANOS)) {
                DurableFiles.deleteTree(old.directory());
            }
        }
    }

    /** Checkpoints that other peers receive, or received so lately that they may still be catching up. */
    List<KeptLog.Sent> sent() {
        sendings.values().removeIf(sending -> !sending.isWithin(CATCH_UP_NANOS));
        return sendings.entrySet().stream()
                .map(sent -> new KeptLog.Sent(
                        sent.getKey().getIndex(), sent.getValue().bytes()))
                .toList();
    }
}
