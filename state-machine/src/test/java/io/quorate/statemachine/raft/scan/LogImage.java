package io.quorate.statemachine.raft.scan;

import io.quorate.statemachine.raft.node.RaftNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;

/**
 * The files of a real single-node group, copied while its server ran idle: what a killed process leaves.
 *
 * @param storage Ratis' storage directory
 * @param group the group that wrote it
 * @param notes what was appended, in order
 */
record LogImage(Path storage, RaftGroup group, List<String> notes) {
    static final int MAX_ENTRY_BYTES = 512 * 1024;

    /** Notes of many lengths, in segments of 8 KB, over three terms. */
    static LogImage build(Path work, String preallocated) {
        try {
            RaftGroup group = RaftNode.groupOf(1);
            Path live = Files.createDirectories(work.resolve("live"));
            Path image = work.resolve("image");
            List<String> notes = new ArrayList<>();
            for (int term = 1; term <= 3; term++) {
                try (RaftNode node = start(group, live, preallocated);
                        RaftClient client = RaftNode.client(group)) {
                    for (int i = 0; i < 30; i++) {
                        String note = "note-" + notes.size() + "-" + "v".repeat((notes.size() * 131) % 900);
                        RaftNode.append(client, note);
                        notes.add(note);
                    }
                    if (!node.stateMachine().notes().equals(notes)) {
                        throw new IllegalStateException(
                                "applied " + node.stateMachine().notes() + ", not " + notes);
                    }
                    if (term == 3) {
                        copy(live, image);
                    }
                }
            }
            return new LogImage(image, group, List.copyOf(notes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the only node of a group on a storage directory. */
    static RaftNode start(RaftGroup group, Path storage, String preallocated) throws IOException {
        return RaftNode.start(
                group.getPeers().iterator().next(), group, storage, Optional.empty(), parameters -> {}, properties -> {
                    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8KB"));
                    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(preallocated));
                });
    }

    /** A copy to break. */
    LogImage copyTo(Path target) {
        try {
            copy(storage, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LogImage(target, group, notes);
    }

    Path groupDirectory() {
        return RaftNode.groupDirectory(storage);
    }

    Path current() {
        return groupDirectory().resolve("current");
    }

    /** Segments in order, the open one last. */
    List<SegmentName> segments() {
        try (Stream<Path> files = Files.list(current())) {
            return files.map(file -> SegmentName.parse(file.getFileName().toString()))
                    .flatMap(Optional::stream)
                    .sorted(SegmentName.ORDER)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SegmentName open() {
        List<SegmentName> segments = segments();
        return segments.get(segments.size() - 1);
    }

    Path file(SegmentName segment) {
        return current().resolve(segment.file());
    }

    byte[] read(SegmentName segment) {
        try {
            return Files.readAllBytes(file(segment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(SegmentName segment, byte[] bytes) {
        try {
            Files.write(file(segment), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offset of each intact entry, and then of the end of the last. */
    static List<Integer> offsets(byte[] segment) {
        List<Integer> offsets = new ArrayList<>();
        int offset = SegmentWalk.MAGIC.length;
        ByteSource bytes = new ArrayBytes(segment);
        try {
            while (FrameDecoder.decode(bytes, offset, MAX_ENTRY_BYTES) instanceof Frame.Entry entry) {
                offsets.add(offset);
                offset += entry.length();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        offsets.add(offset);
        return offsets;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.endsWith("in_use.lock")) {
                    Files.copy(file, target);
                }
            }
        }
    }
}
