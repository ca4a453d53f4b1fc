package io.quorate.statemachine.raft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.sync.PeerMemory;
import io.quorate.statemachine.raft.sync.VoteRecord;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.io.DurableFiles;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a node remembers of a shard that it serves: one text file {@code shards/NAME.shard}, replaced atomically.
 *
 * <pre>
 * QUORATE-SHARD 1 CRC32C-of-the-rest-in-8-hex-digits
 * (one line:) {"state":"OPEN","cluster":"..","shard":"..","generation":1,"application":"..","applyVersion":1,"founds":true,
 *  "memory":{"term":3,"votedFor":"..","lastTerm":2,"lastIndex":17},"peers":[{"id":"..","address":"..","role":"VOTER"}]}
 * </pre>
 *
 * @param descriptor the shard
 * @param state how far creation or removal has come
 * @param founds true if this peer begins with the members of the descriptor as its configuration; false if it begins as an empty
 *     joiner, which no vote and no election concerns until the leader has added it. A file that does not say so is of a joiner
 * @param memory what this peer promised before it was last removed from this life of the shard, if it was
 */
record ShardFile(ShardDescriptor descriptor, State state, boolean founds, Optional<PeerMemory> memory) {
    /** Creation and removal are resumable: each step is durable before the next begins. */
    enum State {
        /** The Raft group may or may not exist; it has not taken part in anything if it does not. */
        CREATING,
        /** The Raft group exists; if its directory is gone, this peer has lost its memory and must not go on. */
        OPEN,
        /** The Raft group is closed and being deleted, or is already. */
        REMOVING,
        /**
         * The Raft group is deleted, and what this peer promised in it remembered: it may join this life of the shard again, never
         * found it. Kept until another life of the shard is opened.
         */
        REMOVED
    }

    private static final String MAGIC = "QUORATE-SHARD 1 ";
    private static final String SUFFIX = ".shard";
    private static final ObjectMapper JSON = new ObjectMapper();

    ShardFile withState(State newState) {
        return new ShardFile(descriptor, newState, founds, memory);
    }

    /** Also remembers what this peer promised in its present stay. */
    ShardFile remembering(PeerMemory promised) {
        PeerMemory all = memory.map(promised::and).orElse(promised);
        return new ShardFile(descriptor, state, founds, Optional.of(all));
    }

    void write(Path directory) throws IOException {
        String body = encode();
        String text = MAGIC + String.format("%08x", Bytes.utf8(body).crc32c()) + "\n" + body;
        DurableFiles.writeAtomically(path(directory), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Path path(Path directory) {
        return directory.resolve(descriptor.shard() + SUFFIX);
    }

    private String encode() {
        ObjectNode node = JSON.createObjectNode();
        node.put("state", state.name());
        node.put("cluster", descriptor.cluster().toString());
        node.put("shard", descriptor.shard().value());
        node.put("generation", descriptor.generation().value());
        node.put("application", descriptor.application());
        node.put("applyVersion", descriptor.applyVersion());
        node.put("founds", founds);
        memory.ifPresent(promised -> node.putObject("memory")
                .put("term", promised.vote().term())
                .put("votedFor", promised.vote().votedFor())
                .put("lastTerm", promised.lastTerm())
                .put("lastIndex", promised.lastIndex()));
        for (Peer peer : descriptor.peers()) {
            node.withArray("/peers")
                    .addObject()
                    .put("id", peer.id().toString())
                    .put("address", peer.address())
                    .put("role", peer.role().name());
        }
        return node + "\n";
    }

    /** Reads all shard files of a directory. */
    static List<ShardFile> readAll(Path directory) throws IOException {
        List<ShardFile> found = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path entry : entries) {
                found.add(read(entry));
            }
        }
        return found;
    }

    private static ShardFile read(Path file) throws IOException {
        // what is no UTF-8 fails its checksum below, which names the file
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int line = text.indexOf('\n');
        if (!text.startsWith(MAGIC) || line < 0) {
            throw new CorruptFormatException(
                    file + " is no shard file of version 1; is this the data directory of a newer version?");
        }
        String body = text.substring(line + 1);
        String crc = String.format("%08x", Bytes.utf8(body).crc32c());
        if (!crc.equals(text.substring(MAGIC.length(), line))) {
            throw new CorruptFormatException(
                    file + " is damaged: its checksum is not that of its content; rebuild this node from its peers");
        }
        try {
            return decode(JSON.readTree(body));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CorruptFormatException(file + " cannot be understood: " + e.getMessage(), e);
        }
    }

    private static ShardFile decode(JsonNode node) {
        List<Peer> peers = new ArrayList<>();
        for (JsonNode peer : node.path("peers")) {
            peers.add(new Peer(
                    PeerId.parse(peer.path("id").asText()),
                    peer.path("address").asText(),
                    Role.valueOf(peer.path("role").asText())));
        }
        ShardDescriptor descriptor = new ShardDescriptor(
                ClusterId.parse(node.path("cluster").asText()),
                new ShardId(node.path("shard").asText()),
                new Generation(node.path("generation").asLong()),
                node.path("application").asText(),
                node.path("applyVersion").asInt(1),
                peers);
        return new ShardFile(
                descriptor,
                State.valueOf(node.path("state").asText()),
                node.path("founds").asBoolean(),
                node.has("memory") ? Optional.of(decodeMemory(node.get("memory"))) : Optional.empty());
    }

    private static PeerMemory decodeMemory(JsonNode node) {
        VoteRecord vote =
                new VoteRecord(node.path("term").asLong(), node.path("votedFor").asText());
        return new PeerMemory(
                vote, node.path("lastTerm").asLong(), node.path("lastIndex").asLong());
    }
}
