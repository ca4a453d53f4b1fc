package io.quorate.statemachine.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.QueryResult;
import io.quorate.statemachine.identity.NodeIdentity;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.service.AdminException;
import io.quorate.statemachine.service.AdminHandler;
import io.quorate.statemachine.store.StateDigest;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.MembershipException;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.VersionSupport;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of one node, by name. What changes something is noted in the log with the caller's name: as it was understood, on
 * one line and cut, so that no caller can write lines of its own there. Called by threads that may block.
 */
final class NodeOperations implements AdminHandler {
    private static final Logger audit = LoggerFactory.getLogger("io.quorate.audit");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What a control character, or one that some viewers take for a line's end, cannot leave as it is. */
    private static final ObjectWriter ON_ONE_LINE = JSON.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private static final int MOST_AUDITED = 4 << 10;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    /** A call holds a thread of this node while it waits: who has more patience calls again. */
    static final Duration MOST_TIMEOUT = Duration.ofMinutes(10);

    /** Name of the error where another life of a node's disk is meant than the one that is at its address. */
    static final String EARLIER_LIFE = "EARLIER_LIFE";

    private final LocalNode node;
    private final ApplicationCatalog applications;
    private final Map<String, Function<JsonNode, JsonNode>> reads = new TreeMap<>();
    private final Map<String, Function<JsonNode, JsonNode>> changes = new TreeMap<>();

    NodeOperations(LocalNode node, ApplicationCatalog applications) {
        this.node = node;
        this.applications = applications;
        reads.put("hello", arguments -> hello());
        reads.put("status", arguments -> status());
        reads.put("digest", this::digest);
        reads.put("query", this::query);
        reads.put("versions.survey", arguments -> VersionOperations.survey(shard(arguments)));
        changes.put(
                "versions.raise",
                arguments -> VersionOperations.raise(shard(arguments), arguments, timeout(arguments)));
        reads.put("log.tail", arguments -> TailOperations.tail(shard(arguments), arguments));
        reads.put("entry.look", arguments -> EntryOperations.look(shards(), arguments));
        reads.put("skips.list", arguments -> skips().list(arguments));
        reads.put("skips.look", arguments -> skips().look(arguments));
        changes.put("skips.propose", arguments -> skips().propose(arguments));
        changes.put("skips.conclude", arguments -> skips().conclude(arguments));
        changes.put("entry.hold", arguments -> EntryOperations.hold(shardsOfMeant(arguments), arguments));
        changes.put("entry.settle", arguments -> EntryOperations.settle(shardsOfMeant(arguments), arguments));
        reads.put("nodes.list", arguments -> nodes().list());
        reads.put("nodes.standing", arguments -> nodes().standing(arguments));
        changes.put("nodes.register", arguments -> nodes().register(arguments));
        changes.put("nodes.remove", arguments -> nodes().remove(arguments));
        changes.put("node.dismiss", this::dismiss);
        reads.put("shards.list", arguments -> cluster().listShards());
        changes.put("cluster.join", this::joinCluster);
        changes.put("cluster.seed", arguments -> cluster().seed(arguments));
        changes.put("shards.create", arguments -> cluster().createShard(arguments));
        changes.put("shards.remove", arguments -> cluster().removeShard(arguments));
        changes.put("shards.members", arguments -> cluster().noteMembers(arguments));
        changes.put("shard.open", this::openShard);
        changes.put("shard.close", this::closeShard);
        changes.put("shard.reopen", this::reopenShard);
        changes.put("peer.put", this::putPeer);
        changes.put("peer.remove", this::removePeer);
        changes.put("leader.transfer", this::transfer);
        changes.put("checkpoint", this::checkpoint);
    }

    @Override
    public CompletableFuture<Bytes> call(String operation, Bytes json, Optional<String> principal) {
        Function<JsonNode, JsonNode> change = changes.get(operation);
        Function<JsonNode, JsonNode> run = change != null ? change : reads.get(operation);
        if (run == null) {
            return CompletableFuture.failedFuture(new AdminException(
                    "UNKNOWN_OPERATION", "no operation '" + operation + "' on this node; is it of an older version?"));
        }
        try {
            JsonNode arguments = JSON.readTree(json.utf8());
            if (change != null) {
                String caller = principal.orElse("anonymous");
                audit.info("[{}] {} {} by {}", node.identity().node(), operation, audited(arguments), caller);
            }
            return CompletableFuture.completedFuture(
                    Bytes.utf8(run.apply(arguments).toString()));
        } catch (JsonProcessingException e) {
            return CompletableFuture.failedFuture(new AdminException("INVALID", "arguments are no JSON", e));
        } catch (AdminException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static String audited(JsonNode arguments) throws JsonProcessingException {
        String text = ON_ONE_LINE.writeValueAsString(arguments);
        return text.length() <= MOST_AUDITED
                ? text
                : text.substring(0, MOST_AUDITED) + "... (" + text.length() + " characters)";
    }

    private JsonNode hello() {
        NodeIdentity self = node.identity();
        ObjectNode answer = DescriptorJson.object();
        answer.set("featureLevels", DescriptorJson.write(VersionSupport.FEATURE_LEVELS));
        node.dismissal().ifPresent(why -> answer.put("dismissed", why));
        return answer.put("node", self.node().value())
                .put("peer", self.peer().toString())
                .put("address", node.address())
                .put("run", node.run())
                .put("cluster", self.cluster().map(ClusterId::toString).orElse(null));
    }

    private JsonNode joinCluster(JsonNode arguments) {
        ClusterId cluster = DescriptorJson.parse(() -> ClusterId.parse(DescriptorJson.text(arguments, "cluster")));
        Optional<ClusterId> mine = node.identity().cluster();
        if (mine.isPresent() && !mine.get().equals(cluster)) {
            throw new AdminException(
                    "WRONG_CLUSTER",
                    "node " + node.identity().node() + " is part of cluster " + mine.get() + " already");
        }
        node.join(cluster);
        return hello();
    }

    private RatisShardHost shards() {
        node.dismissal().ifPresent(why -> {
            throw new AdminException(LocalNode.DISMISSED, why);
        });
        return node.host()
                .orElseThrow(() -> new AdminException(
                        "NOT_INITIALIZED",
                        "this node is not part of a cluster yet; run 'quorate init' or 'quorate peers add'"));
    }

    /** {@code {peer}}: the cluster removed this node, which serves nothing. */
    private JsonNode dismiss(JsonNode arguments) {
        checkMeant(arguments);
        List<String> served = shards().all().stream()
                .map(shard -> shard.descriptor().shard().value())
                .toList();
        if (!served.isEmpty()) {
            throw new AdminException("REFUSED", "node " + node.identity().node() + " serves " + served);
        }
        node.dismiss(NodeRecord.textOfRemoved(node.identity().peer()));
        return hello();
    }

    /** Of those that have the same address one after the other, only one is meant: {@code {peer?}}. */
    private void checkMeant(JsonNode arguments) {
        String self = node.identity().peer().toString();
        String meant = arguments.path("peer").asText(self);
        if (!meant.equals(self)) {
            throw new AdminException(
                    EARLIER_LIFE, "the node at " + node.address() + " is " + self + " by now, not " + meant);
        }
    }

    /** A promise, or what was learned, is of one life of a disk. */
    private RatisShardHost shardsOfMeant(JsonNode arguments) {
        checkMeant(arguments);
        return shards();
    }

    private HostedShard metadata() {
        return shards().find(MetadataShard.ID)
                .filter(shard -> shard.status().leads())
                .orElseThrow(() -> new AdminException("NOT_LEADER", "this node does not lead the metadata shard"));
    }

    private ClusterOperations cluster() {
        return new ClusterOperations(new MetadataShard(metadata()), applications);
    }

    private NodeRegistry nodes() {
        return new NodeRegistry(new MetadataShard(metadata()));
    }

    private SkipOperations skips() {
        return new SkipOperations(new MetadataShard(metadata()));
    }

    private HostedShard shard(JsonNode arguments) {
        ShardId shard = DescriptorJson.parse(() -> new ShardId(DescriptorJson.text(arguments, "shard")));
        return shards().find(shard)
                .orElseThrow(() -> new AdminException("UNKNOWN_SHARD", "no shard '" + shard + "' on this node"));
    }

    private JsonNode status() {
        ObjectNode answer = (ObjectNode) hello();
        answer.putArray("shards");
        node.host().ifPresent(opened -> opened.all().forEach(shard -> answer.withArray("/shards")
                .add(DescriptorJson.write(shard.descriptor(), shard.status()))));
        return answer;
    }

    private JsonNode digest(JsonNode arguments) {
        StateDigest digest = await("digest", shard(arguments).digest());
        return DescriptorJson.object()
                .put("lsn", digest.position().lsn().value())
                .put("index", digest.position().index())
                .put("sha256", digest.sha256())
                .put("keys", digest.keys());
    }

    /** Asks this replica itself, once it has applied an LSN: {@code {shard, query, atLeastLsn}}, query and answer in base 64. */
    private JsonNode query(JsonNode arguments) {
        Bytes query = DescriptorJson.parse(
                () -> Bytes.wrap(Base64.getDecoder().decode(DescriptorJson.text(arguments, "query"))));
        Lsn atLeast =
                DescriptorJson.parse(() -> new Lsn(arguments.path("atLeastLsn").asLong()));
        QueryResult result =
                await("query", shard(arguments).query(query, new ReadConsistency.Session(atLeast), timeout(arguments)));
        return DescriptorJson.object()
                .put("lsn", result.applied().value())
                .put("answer", Base64.getEncoder().encodeToString(result.value().toArray()));
    }

    /** A descriptor with {@code found}, and with {@code peer?}: whom it is meant for. */
    private JsonNode openShard(JsonNode arguments) {
        ShardDescriptor descriptor = DescriptorJson.readDescriptor(arguments);
        checkMeant(arguments);
        try {
            if (arguments.path("found").asBoolean()) {
                shards().found(descriptor);
            } else {
                shards().join(descriptor);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new AdminException(
                    "FAILED", "shard " + descriptor.shard() + " cannot be opened: " + e.getMessage(), e);
        }
        return DescriptorJson.object().put("opened", descriptor.shard().value());
    }

    private JsonNode reopenShard(JsonNode arguments) {
        ShardId shard = shard(arguments).descriptor().shard();
        try {
            shards().reopen(shard);
        } catch (IOException e) {
            throw new AdminException("FAILED", "shard " + shard + " cannot be opened again: " + e.getMessage(), e);
        }
        return DescriptorJson.object().put("reopened", shard.value());
    }

    /** A descriptor: a later life of the shard stays. */
    private JsonNode closeShard(JsonNode arguments) {
        ShardDescriptor descriptor = DescriptorJson.readDescriptor(arguments);
        ShardId shard = descriptor.shard();
        try {
            shards().remove(descriptor);
        } catch (IOException e) {
            throw new AdminException("FAILED", "shard " + shard + " cannot be removed: " + e.getMessage(), e);
        }
        return DescriptorJson.object().put("removed", shard.value());
    }

    /** {@code {shard, peer, told?}}, with the LSNs of the skipped entries that the peer was told of. */
    private JsonNode putPeer(JsonNode arguments) {
        Peer peer = DescriptorJson.readPeer(arguments.path("peer"));
        HostedShard shard = shard(arguments);
        EntryOperations.checkTold(shards(), shard.descriptor().groupId(), arguments.path("told"));
        await("change of members", shard.membership().put(peer, timeout(arguments)));
        return DescriptorJson.write(peer);
    }

    private JsonNode removePeer(JsonNode arguments) {
        PeerId peer = DescriptorJson.parse(() -> PeerId.parse(DescriptorJson.text(arguments, "peer")));
        await("removal", shard(arguments).membership().remove(peer, timeout(arguments)));
        return DescriptorJson.object().put("removed", peer.toString());
    }

    private JsonNode transfer(JsonNode arguments) {
        PeerId target = DescriptorJson.parse(() -> PeerId.parse(DescriptorJson.text(arguments, "target")));
        await("transfer", shard(arguments).membership().transferLeadership(target, timeout(arguments)));
        return DescriptorJson.object().put("leader", target.toString());
    }

    private JsonNode checkpoint(JsonNode arguments) {
        return DescriptorJson.object()
                .put(
                        "lsn",
                        await("checkpoint", shard(arguments).checkpoint(timeout(arguments)))
                                .value());
    }

    static Duration timeout(JsonNode arguments) {
        long millis = arguments.path("timeoutMillis").asLong(DEFAULT_TIMEOUT.toMillis());
        if (millis < 1 || millis > MOST_TIMEOUT.toMillis()) {
            throw new AdminException(
                    "INVALID", "timeoutMillis " + millis + " is not 1 to " + MOST_TIMEOUT.toMillis() + "; call again");
        }
        return Duration.ofMillis(millis);
    }

    private static String nameOf(MembershipException.Fate fate) {
        return switch (fate) {
            case REFUSED -> "REFUSED";
            case PASSING -> "NOT_LEADER";
            case INDETERMINATE -> "INDETERMINATE";
        };
    }

    private static <T> T await(String what, CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            String name = "FAILED";
            if (e.getCause() instanceof MembershipException failure) {
                name = nameOf(failure.fate());
            }
            throw new AdminException(name, what + ": " + e.getCause().getMessage(), e);
        }
    }
}
