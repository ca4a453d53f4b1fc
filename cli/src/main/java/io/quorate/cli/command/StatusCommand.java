package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What every node says of itself. */
@Command(
        name = "status",
        description = {
            "Shows each node and its shards: who leads, how far each has applied, and what is wrong.",
            "",
            "Asks every node of the cluster, whichever --server names. Exits with 5 if one of them does not answer, a shard has a problem "
                    + "or no leader, or there is no cluster yet."
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
        List<JsonNode> nodes = cluster.admin(output::progress, admin -> admin.status());
        StringBuilder text = new StringBuilder();
        boolean initialised = false;
        boolean healthy = true;
        for (JsonNode node : nodes) {
            initialised |= node.path("cluster").isTextual();
            healthy &= describe(node, text);
        }
        List<String> waiting = nodes.stream()
                .filter(node -> !node.has("error"))
                .map(node -> node.path("address").asText())
                .toList();
        if (!initialised && !waiting.isEmpty()) {
            text.append("not initialised: make a cluster with 'quorate init --server ")
                    .append(String.join(",", waiting))
                    .append("'");
        }
        metadataVoters(nodes).ifPresent(voters -> MetadataVoters.warn(voters, output));
        healthy &= initialised;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("initialised", initialised);
        json.put("healthy", healthy);
        json.put("nodes", nodes);
        output.print(json, text.toString().stripTrailing());
        return healthy ? ExitCode.OK.status() : ExitCode.UNAVAILABLE.status();
    }

    private static boolean describe(JsonNode node, StringBuilder text) {
        if (node.has("error")) {
            text.append(String.format("%-10s %s%n", "?", node.path("error").asText()));
            return false;
        }
        boolean member = node.path("cluster").isTextual();
        text.append(String.format(
                "%-10s %-22s %s%n",
                node.path("node").asText(),
                node.path("address").asText(),
                member ? "cluster " + node.path("cluster").asText() : "not initialised, part of no cluster yet"));
        boolean healthy = true;
        for (JsonNode shard : node.path("shards")) {
            String problem = shard.path("leader").isTextual()
                    ? shard.path("problem").textValue()
                    : shard.path("problem").asText("no leader is known");
            healthy &= problem == null;
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
        return healthy;
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
