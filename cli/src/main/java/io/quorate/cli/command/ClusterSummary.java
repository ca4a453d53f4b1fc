package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.quorate.statemachine.node.ClusterLook;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a cluster is as a whole. What belongs to it is what its metadata lists; where that cannot be read, what its nodes name. Pure.
 *
 * @param cluster its id; empty if no node that answers is part of one
 * @param names of nodes, by address
 * @param nodesUp how many of the cluster's nodes answer
 * @param nodesKnown how many it has
 * @param shardsHealthy how many of its shards have a leader and all their members, without a problem
 * @param shardsKnown how many it has
 * @param problems what is wrong, in a few words each; empty if nothing is
 */
record ClusterSummary(
        State state,
        Optional<String> cluster,
        Map<String, String> names,
        int nodesUp,
        int nodesKnown,
        int shardsHealthy,
        int shardsKnown,
        List<String> problems) {
    /** From good to bad. */
    enum State {
        HEALTHY(ExitCode.OK),
        /** All shards serve, but a node is down, or a replica has a problem. */
        DEGRADED(ExitCode.PARTLY),
        /** A shard takes no writes, or nobody answers. */
        DOWN(ExitCode.UNAVAILABLE),
        NOT_INITIALISED(ExitCode.UNAVAILABLE);

        private final ExitCode code;

        State(ExitCode code) {
            this.code = code;
        }

        /** What {@code status} ends with. */
        ExitCode code() {
            return code;
        }

        /** As in JSON. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    ClusterSummary {
        names = Map.copyOf(names);
        problems = List.copyOf(problems);
    }

    static ClusterSummary of(ClusterLook look) {
        Optional<String> cluster = look.nodes().stream()
                .filter(node -> node.path("cluster").isTextual())
                .map(node -> node.path("cluster").asText())
                .findFirst();
        if (cluster.isPresent()) {
            return new Judge(look, cluster.get()).judge();
        }
        boolean nobody = look.nodes().stream().allMatch(node -> node.has("error"));
        return new ClusterSummary(
                nobody ? State.DOWN : State.NOT_INITIALISED,
                cluster,
                Map.of(),
                0,
                0,
                0,
                0,
                nobody ? List.of("no node answers") : List.of());
    }

    /** One line. */
    String text() {
        String how = state.label().replace('-', ' ');
        String counts = ", " + nodesUp + " of " + Amount.of(nodesKnown, "node", "nodes") + " up, " + shardsHealthy
                + " of " + Amount.of(shardsKnown, "shard", "shards") + " healthy";
        return cluster.map(id -> "cluster " + id + ": " + how + counts).orElse(how)
                + (problems.isEmpty() ? "" : ": " + String.join("; ", problems));
    }

    /** Judges one look at a cluster. */
    private static final class Judge {
        private static final int NAMED = 4;

        private final ClusterLook look;
        private final String cluster;
        private final Map<String, String> names = new TreeMap<>();
        /** Nodes of the cluster, by name; by address where nothing names them. */
        private final Set<String> known = new TreeSet<>();
        /** Those that answer. */
        private final Set<String> up = new TreeSet<>();
        /** Those that are there, but not in this cluster. */
        private final List<String> astray = new ArrayList<>();

        private final Map<String, List<JsonNode>> replicas = new TreeMap<>();
        private final Map<String, JsonNode> records = new TreeMap<>();

        Judge(ClusterLook look, String cluster) {
            this.look = look;
            this.cluster = cluster;
        }

        ClusterSummary judge() {
            look.registered().ifPresent(nodes -> nodes.forEach(node -> name(node, "peer")));
            known.addAll(names.values());
            look.shards()
                    .ifPresent(shards -> shards.forEach(record ->
                            records.put(record.path("descriptor").path("shard").asText(), record)));
            look.nodes().stream().filter(node -> !node.has("error")).forEach(this::sort);
            replicas.values()
                    .forEach(all -> all.forEach(replica -> replica.path("peers").forEach(peer -> name(peer, "id"))));
            look.nodes().stream().filter(node -> node.has("error")).forEach(this::sortSilent);
            List<ShardCondition> shards = conditions();
            List<ShardCondition> stopped = shards.stream()
                    .filter(shard -> !shard.serves() && !isListed(shard.shard(), "CREATING"))
                    .toList();
            List<String> problems = problems(shards, stopped);
            return new ClusterSummary(
                    !stopped.isEmpty() ? State.DOWN : problems.isEmpty() ? State.HEALTHY : State.DEGRADED,
                    Optional.of(cluster),
                    names,
                    up.size(),
                    known.size(),
                    (int) shards.stream().filter(ShardCondition::whole).count(),
                    shards.size(),
                    problems);
        }

        private void name(JsonNode at, String peer) {
            names.putIfAbsent(
                    at.path("address").asText(),
                    ShardCondition.nodeOf(at.path(peer).asText()));
        }

        /** A node that answers: of this cluster, of another, or of none. */
        private void sort(JsonNode node) {
            String name = node.path("node").asText();
            String place = name + " at " + node.path("address").asText();
            JsonNode its = node.path("cluster");
            if (its.isTextual() && !its.asText().equals(cluster)) {
                astray.add(place + " is part of another cluster, " + its.asText());
            } else if (!its.isTextual() && known.contains(name)) {
                astray.add(place + " has lost its disk, and is no part of the cluster any more");
            } else if (its.isTextual() && up.add(name)) {
                known.add(name);
                for (JsonNode replica : node.path("shards")) {
                    replicas.computeIfAbsent(replica.path("shard").asText(), shard -> new ArrayList<>())
                            .add(replica);
                }
            }
        }

        /** One that does not answer, and that nothing names while the list of nodes can be read, was only asked by mistake. */
        private void sortSilent(JsonNode node) {
            String address = node.path("address").asText();
            if (names.containsKey(address) || look.registered().isEmpty()) {
                known.add(names.getOrDefault(address, address));
            }
        }

        private List<ShardCondition> conditions() {
            Set<String> shards = new TreeSet<>(look.shards().isPresent() ? records.keySet() : replicas.keySet());
            shards.removeIf(shard -> isListed(shard, "REMOVING"));
            List<ShardCondition> conditions = new ArrayList<>();
            for (String shard : shards) {
                JsonNode listed = records.getOrDefault(shard, MissingNode.getInstance())
                        .path("descriptor")
                        .path("peers");
                conditions.add(ShardCondition.of(shard, latestLife(shard), listed, up));
            }
            return conditions;
        }

        /** What a node that was away still has of an earlier life of the shard is no replica of it. */
        private List<JsonNode> latestLife(String shard) {
            List<JsonNode> all = replicas.getOrDefault(shard, List.of());
            long latest = all.stream()
                    .mapToLong(replica -> replica.path("generation").asLong())
                    .max()
                    .orElse(0);
            return all.stream()
                    .filter(replica -> replica.path("generation").asLong() == latest)
                    .toList();
        }

        private boolean isListed(String shard, String state) {
            return records.containsKey(shard)
                    && records.get(shard).path("state").asText().equals(state);
        }

        private List<String> problems(List<ShardCondition> shards, List<ShardCondition> stopped) {
            List<String> problems = new ArrayList<>();
            Set<String> silent = new TreeSet<>(known);
            silent.removeAll(up);
            silent.removeIf(name -> astray.stream().anyMatch(text -> text.startsWith(name + " at ")));
            if (!silent.isEmpty()) {
                problems.add(names(silent) + (silent.size() == 1 ? " does not answer" : " do not answer"));
            }
            problems.addAll(astray);
            Map<String, List<String>> reasons = new TreeMap<>();
            for (ShardCondition shard : shards) {
                String reason = stopped.contains(shard) ? shard.stoppedBy().orElseThrow() : "being created";
                if (!shard.serves()) {
                    reasons.computeIfAbsent(reason, key -> new ArrayList<>()).add(shard.shard());
                }
            }
            reasons.forEach((reason, affected) -> problems.add(names(affected) + ": " + reason));
            List<String> ofReplicas =
                    shards.stream().flatMap(shard -> shard.problems().stream()).toList();
            if (!ofReplicas.isEmpty()) {
                problems.add(names(ofReplicas));
            }
            if (!problems.isEmpty() && stopped.isEmpty()) {
                problems.add("all shards serve" + limit(shards));
            }
            return problems;
        }

        private static String limit(List<ShardCondition> shards) {
            List<String> atLimit = shards.stream()
                    .filter(shard -> shard.atLimit() && !shard.whole())
                    .map(ShardCondition::shard)
                    .toList();
            return atLimit.isEmpty() ? "" : ", but not if one more voter is lost: " + names(atLimit);
        }

        private static String names(Collection<String> names) {
            int more = names.size() - NAMED;
            String first = String.join(", ", List.copyOf(names).subList(0, Math.min(NAMED, names.size())));
            return first + (more > 0 ? " and " + more + " more" : "");
        }
    }
}
