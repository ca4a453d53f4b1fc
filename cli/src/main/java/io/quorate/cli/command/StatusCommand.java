package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.node.ClusterLook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What every node says of itself. */
@Command(
        name = "status",
        description = {
            "Shows how the cluster is, in its first line, then each node and its shards: who leads, how far each has applied, and what "
                    + "is wrong.",
            "",
            "Asks every node of the cluster, whichever --server names. Exits with 0 if nothing is wrong, with 7 if all shards serve but a "
                    + "node does not answer or a replica has a problem, with 5 if a shard takes no writes, or there is no cluster yet."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate status", "  quorate status --json | jq '.nodes[].shards[].appliedLsn'"})
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        ClusterLook look = cluster.admin(output::progress, ClusterAdmin::look);
        ClusterSummary summary = ClusterSummary.of(look);
        boolean initialised = summary.cluster().isPresent();
        StringBuilder text = new StringBuilder(summary.text());
        List<String> waiting = look.nodes().stream()
                .filter(node -> !node.has("error"))
                .map(node -> node.path("address").asText())
                .toList();
        if (!initialised && !waiting.isEmpty()) {
            text.append(": make a cluster with 'quorate init --server ")
                    .append(String.join(",", waiting))
                    .append("'");
        }
        text.append(System.lineSeparator());
        look.nodes().forEach(node -> describe(node, summary, text));
        metadataVoters(look.nodes()).ifPresent(voters -> MetadataVoters.warn(voters, output));
        output.print(json(look, summary), text.toString().stripTrailing());
        return summary.state().code().status();
    }

    private static Map<String, Object> json(ClusterLook look, ClusterSummary summary) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("initialised", summary.cluster().isPresent());
        json.put("healthy", summary.state() == ClusterSummary.State.HEALTHY);
        json.put("state", summary.state().label());
        json.put("cluster", summary.cluster().orElse(null));
        json.put("nodesUp", summary.nodesUp());
        json.put("nodesKnown", summary.nodesKnown());
        json.put("shardsHealthy", summary.shardsHealthy());
        json.put("shardsKnown", summary.shardsKnown());
        json.put("problems", summary.problems());
        List<JsonNode> nodes = new ArrayList<>();
        for (JsonNode node : look.nodes()) {
            Optional<String> name =
                    Optional.ofNullable(summary.names().get(node.path("address").asText()));
            nodes.add(node.has("error") && name.isPresent() ? ((ObjectNode) node).put("node", name.get()) : node);
        }
        json.put("nodes", nodes);
        return json;
    }

    private static void describe(JsonNode node, ClusterSummary summary, StringBuilder text) {
        String address = node.path("address").asText();
        if (node.has("error")) {
            String name = summary.names().getOrDefault(address, "?");
            text.append(String.format("%-10s %s%n", name, node.path("error").asText()));
            return;
        }
        String its = node.path("cluster").asText();
        String cluster = !node.path("cluster").isTextual()
                ? "part of no cluster yet"
                : summary.cluster().filter(its::equals).isPresent() ? "" : "cluster " + its;
        text.append(String.format("%-10s %-22s %s", node.path("node").asText(), address, cluster)
                        .stripTrailing())
                .append(System.lineSeparator());
        for (JsonNode shard : node.path("shards")) {
            String problem = shard.path("leader").isTextual()
                    ? shard.path("problem").textValue()
                    : shard.path("problem").asText("no leader is known");
            text.append(String.format(
                    "  %-18s %-9s epoch %-5d lsn %-10d index %d of %d%s%n",
                    shard.path("shard").asText(),
                    role(shard),
                    shard.path("epoch").asLong(),
                    shard.path("appliedLsn").asLong(),
                    shard.path("appliedIndex").asLong(),
                    shard.path("committedIndex").asLong(),
                    problem == null ? "" : "  PROBLEM: " + problem));
        }
    }

    private static String role(JsonNode shard) {
        if (shard.path("leads").asBoolean()) {
            return "leader";
        }
        for (JsonNode peer : shard.path("peers")) {
            if (peer.path("id").asText().equals(shard.path("self").asText())) {
                return peer.path("role").asText().equals("VOTER") ? "follower" : "observer";
            }
        }
        return "joining";
    }

    /** By the word of the metadata's leader. */
    private static OptionalInt metadataVoters(List<JsonNode> nodes) {
        for (JsonNode node : nodes) {
            for (JsonNode shard : node.path("shards")) {
                if (shard.path("shard").asText().equals("meta")
                        && shard.path("leads").asBoolean()) {
                    return OptionalInt.of(
                            Collections.frequency(shard.path("peers").findValuesAsText("role"), "VOTER"));
                }
            }
        }
        return OptionalInt.empty();
    }
}
