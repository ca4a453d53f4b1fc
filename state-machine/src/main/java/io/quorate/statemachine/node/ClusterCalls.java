package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds nodes and leaders, calls them, and tries again what fails for a reason that passes. Any seed that answers will do; nodes that
 * it does not name are looked up in the cluster's metadata. Blocking.
 */
final class ClusterCalls implements AutoCloseable {
    static final Duration STEP = Duration.ofSeconds(5);

    /** Name of the error where no node answers at all, and it is not tried any longer. */
    private static final String NO_NODE = "NO_NODE";

    private static final Set<String> READS = Set.of(
            "hello",
            "status",
            "digest",
            "query",
            "versions.survey",
            "log.tail",
            "entry.look",
            "skips.list",
            "skips.look",
            "nodes.list",
            "nodes.standing",
            "shards.list");
    /** Errors of a change behind which it may have happened. */
    private static final Set<String> UNDECIDED =
            Set.of(AdminClient.NO_ANSWER, "INDETERMINATE", "METADATA_UNAVAILABLE", "BEHIND", "FAILED", "INTERNAL");

    private final AdminClient client;
    private final List<String> seeds;
    private final Duration patience;
    /** Until when somebody must have answered. */
    private final long reachedBy;

    private final Consumer<String> progress;
    /** Asks for statuses: one thread a node, since a node that has not answered yet is not asked again. */
    private final ExecutorService asking;

    private final Map<String, CompletableFuture<JsonNode>> questions = new ConcurrentHashMap<>();
    /** Nodes that answered before: asked together with the seeds. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    /** What is wrong with nodes is told once, however often they are tried. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    private volatile boolean changed;

    /** @param reach for how long it is tried again where no node at all answers */
    ClusterCalls(
            List<String> seeds, Optional<TlsFiles> tls, Duration patience, Duration reach, Consumer<String> progress) {
        this.client = new AdminClient(tls);
        this.seeds = seeds;
        this.patience = patience;
        this.reachedBy = System.nanoTime() + reach.toNanos();
        this.progress = progress;
        this.asking = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "ask-status");
            thread.setDaemon(true);
            return thread;
        });
    }

    JsonNode call(String address, String operation, ObjectNode arguments, Duration timeout) {
        boolean change = !READS.contains(operation) && !arguments.path("dryRun").asBoolean(false);
        try {
            JsonNode answer = client.call(address, operation, arguments, timeout);
            changed = changed || change;
            return answer;
        } catch (AdminException e) {
            changed = changed || change && UNDECIDED.contains(e.error());
            throw e;
        }
    }

    /** Whether something was changed so far, or may have been. */
    boolean mayHaveChanged() {
        return changed;
    }

    private NodeWalk walk() {
        return new NodeWalk(this::askStatus);
    }

    private CompletableFuture<JsonNode> askStatus(String address) {
        CompletableFuture<JsonNode> before = questions.get(address);
        if (before != null && !before.isDone()) {
            return before;
        }
        Duration step = patience.compareTo(STEP) < 0 ? patience : STEP;
        CompletableFuture<JsonNode> question =
                CompletableFuture.supplyAsync(() -> client.call(address, "status", none(), step), asking);
        questions.put(address, question);
        return question;
    }

    private List<String> starts() {
        List<String> starts = new ArrayList<>(seeds);
        starts.addAll(known);
        return starts;
    }

    /** Asks every node that can be found. */
    ClusterLook everybody() {
        NodeWalk walk = walk();
        BiFunction<String, JsonNode, Optional<JsonNode>> nobody = (address, status) -> Optional.empty();
        walk.find(starts(), nobody);
        Optional<JsonNode> nodes = listed(walk, "nodes");
        nodes.ifPresent(list -> walk.find(addresses(list), nobody));
        Optional<JsonNode> shards = nodes.isPresent() ? listed(walk, "shards") : Optional.empty();
        return new ClusterLook(walk.everybody(), nodes, shards);
    }

    /** Addresses of all nodes of the cluster's metadata; empty if that cannot be read. */
    private List<String> registered(NodeWalk walk) {
        return listed(walk, "nodes").map(ClusterCalls::addresses).orElse(List.of());
    }

    private static List<String> addresses(JsonNode nodes) {
        List<String> addresses = new ArrayList<>();
        nodes.forEach(node -> addresses.add(node.path("address").asText()));
        return addresses;
    }

    /** A list of the cluster's metadata, by one question to the leader if the walk has met it; empty if it cannot be read. */
    private Optional<JsonNode> listed(NodeWalk walk, String what) {
        Optional<JsonNode> metadata = walk.find(List.of(), leaderOf(MetadataShard.ID));
        if (metadata.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(call(metadata.get().path("address").asText(), what + ".list", none(), STEP)
                    .path(what));
        } catch (AdminException unavailable) {
            tell("the cluster's list of " + what + " cannot be read: " + unavailable.getMessage());
            return Optional.empty();
        }
    }

    private void tell(String trouble) {
        if (told.add(trouble)) {
            progress.accept(trouble);
        }
    }

    private static Optional<JsonNode> replica(JsonNode status, ShardId shard) {
        for (JsonNode replica : status.path("shards")) {
            if (replica.path("shard").asText().equals(shard.value())) {
                return Optional.of(replica);
            }
        }
        return Optional.empty();
    }

    private static BiFunction<String, JsonNode, Optional<JsonNode>> leaderOf(ShardId shard) {
        return (address, status) -> replica(status, shard)
                .filter(replica -> replica.path("leads").asBoolean())
                .map(replica -> replica.<ObjectNode>deepCopy().put("address", address));
    }

    /**
     * A shard's status on its leader, with the {@code address} of that.
     *
     * @param more addresses to begin with besides the seeds
     * @throws AdminException {@code UNKNOWN_SHARD} if the cluster's metadata has no such shard, {@code NO_CLUSTER} if the seeds are
     *     parts of none, {@code NO_LEADER} or {@code UNREACHABLE} if it cannot be found now
     */
    JsonNode findLeader(ShardId shard, Collection<String> more) {
        NodeWalk walk = walk();
        List<String> starts = starts();
        starts.addAll(more);
        Optional<JsonNode> leader = walk.find(starts, leaderOf(shard));
        if (leader.isEmpty()) {
            requireCluster(walk);
            leader = walk.find(registered(walk), leaderOf(shard));
        }
        known.addAll(walk.statuses().keySet());
        if (leader.isPresent()) {
            return leader.get();
        }
        if (!shard.equals(MetadataShard.ID)) {
            record(walk, shard);
        }
        throw noLeader(shard, walk);
    }

    private AdminException noLeader(ShardId shard, NodeWalk walk) {
        Set<String> asked = new TreeSet<>(walk.statuses().keySet());
        asked.addAll(walk.silent().keySet());
        StringBuilder silent = new StringBuilder();
        walk.silent().values().forEach(failure -> {
            tell(failure.getMessage());
            silent.append(silent.isEmpty() ? ": " : "; ").append(failure.getMessage());
        });
        return new AdminException(
                "NO_LEADER", "shard " + shard + " has no leader that can be reached, asked " + asked + silent);
    }

    /** Refuses where it is certain, or all that can be said, that the seeds are parts of no cluster. */
    private void requireCluster(NodeWalk walk) {
        if (clusterOf(walk).isPresent()) {
            return;
        }
        List<AdminException> silent = List.copyOf(walk.silent().values());
        String why = silent.stream().map(AdminException::getMessage).collect(Collectors.joining("; "));
        if (walk.statuses().isEmpty()) {
            boolean hopeless = silent.stream().allMatch(e -> e.error().equals(AdminClient.WRONG_SETTINGS));
            if (!hopeless) { // tried again: let a person who waits know why
                silent.forEach(failure -> tell(failure.getMessage()));
            }
            throw new AdminException(
                    hopeless ? AdminClient.WRONG_SETTINGS : isGivenUp() ? NO_NODE : AdminClient.UNREACHABLE, why);
        }
        throw new AdminException(
                silent.isEmpty() ? "NO_CLUSTER" : "NOT_INITIALIZED",
                "not initialised: the nodes at " + walk.statuses().keySet()
                        + " are part of no cluster yet; make one of them with 'quorate init'"
                        + (silent.isEmpty() ? "" : ". Others do not answer: " + why));
    }

    /** Nobody has ever answered, and long enough. */
    private boolean isGivenUp() {
        return known.isEmpty() && System.nanoTime() - reachedBy >= 0;
    }

    private static Optional<String> clusterOf(NodeWalk walk) {
        return walk.statuses().values().stream()
                .map(status -> status.path("cluster"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .findFirst();
    }

    /** Id of the cluster, by the word of any node. */
    String cluster() {
        NodeWalk walk = walk();
        Optional<String> cluster = walk.find(
                starts(),
                (address, status) -> Optional.ofNullable(status.path("cluster").textValue()));
        if (cluster.isEmpty()) {
            requireCluster(walk);
        }
        return cluster.orElseThrow();
    }

    /** What the metadata knows of a shard. */
    private JsonNode record(NodeWalk walk, ShardId shard) {
        JsonNode metadata = walk.find(List.of(), leaderOf(MetadataShard.ID)).orElseThrow(() -> noLeader(shard, walk));
        List<String> names = new ArrayList<>();
        for (JsonNode record : call(metadata.path("address").asText(), "shards.list", none(), STEP)
                .path("shards")) {
            String name = record.path("descriptor").path("shard").asText();
            if (name.equals(shard.value())) {
                return record;
            }
            if (!name.equals(MetadataShard.ID.value())) {
                names.add(name);
            }
        }
        throw new AdminException(
                "UNKNOWN_SHARD",
                "no shard '" + shard + "' in the cluster; "
                        + (names.isEmpty()
                                ? "there is none yet, 'quorate shards create' makes one"
                                : "there are: " + String.join(", ", names)));
    }

    /** Descriptor of a shard with its present members: by the first member that answers, else by the metadata. */
    JsonNode descriptor(ShardId shard) {
        NodeWalk walk = walk();
        Optional<JsonNode> replica = walk.find(starts(), (address, status) -> replica(status, shard));
        if (replica.isEmpty()) {
            requireCluster(walk);
            return record(walk, shard).path("descriptor");
        }
        ObjectNode descriptor = replica.get().path("descriptor").deepCopy();
        JsonNode peers = replica.get().path("peers");
        return peers.isEmpty() ? descriptor : descriptor.set("peers", peers);
    }

    /** As {@link #findLeader}, of whoever can be asked; waits until there is one. */
    JsonNode leader(ShardId shard, long deadline) {
        return eventually(deadline, "leader of shard " + shard, () -> findLeader(shard, List.of()));
    }

    void register(Peer peer, JsonNode hello, long deadline) {
        progress.accept("node " + peer.id().node() + " at " + peer.address());
        ObjectNode node = none().put("peer", peer.id().toString()).put("address", peer.address());
        node.set("featureLevels", hello.path("featureLevels"));
        onLeader(MetadataShard.ID, "nodes.register", node, deadline);
    }

    /** A shard's status on one node; empty if it is not served there, or nobody answers. */
    Optional<JsonNode> statusOf(ShardId shard, String address) {
        try {
            return replica(call(address, "status", none(), STEP), shard);
        } catch (AdminException unreachable) {
            return Optional.empty();
        }
    }

    /** Makes a call that may take long, and does something else once a second until it is answered. */
    JsonNode watched(Supplier<JsonNode> call, Runnable eachSecond) {
        CompletableFuture<JsonNode> answer = CompletableFuture.supplyAsync(call, asking);
        while (true) {
            try {
                return answer.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                eachSecond.run();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof AdminException refused
                        ? refused
                        : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AdminException(
                        "INTERRUPTED", "interrupted while it waited; what was asked for may still happen");
            }
        }
    }

    static List<Peer> members(JsonNode leader) {
        List<Peer> peers = new ArrayList<>();
        leader.path("peers").forEach(peer -> peers.add(DescriptorJson.readPeer(peer)));
        return peers;
    }

    /** Calls an operation on a shard's leader, and again on the next one if it moved. */
    JsonNode onLeader(ShardId shard, String operation, ObjectNode arguments, long deadline) {
        return eventually(deadline, "'" + operation + "' on the leader of " + shard, () -> {
            JsonNode leader = findLeader(shard, List.of());
            return call(leader.path("address").asText(), operation, arguments, remaining(deadline));
        });
    }

    /** How long a node may be asked to wait by one call: who has more patience calls again. */
    static Duration ofOneCall(Duration patience) {
        return patience.compareTo(NodeOperations.MOST_TIMEOUT) < 0 ? patience : NodeOperations.MOST_TIMEOUT;
    }

    /** As {@link Attempts#eventually}. */
    JsonNode eventually(long deadline, String what, Supplier<JsonNode> attempt) {
        return Attempts.eventually(deadline, what, attempt);
    }

    long deadline() {
        return System.nanoTime() + patience.toNanos();
    }

    static Duration remaining(long deadline) {
        return Attempts.remaining(deadline);
    }

    static ObjectNode none() {
        return DescriptorJson.object();
    }

    @Override
    public void close() {
        client.close();
        asking.shutdownNow();
    }
}
