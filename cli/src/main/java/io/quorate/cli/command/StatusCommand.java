package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What every node says of itself. */
@Command(
        name = "status",
        description = {
            "Shows each node and its shards: who leads, how far each has applied, and what is wrong.",
            "",
            "Asks every node that can be found from --server. Exits with 5 if one of them does not answer, or a shard has a problem or no leader."
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
        boolean healthy = true;
        for (JsonNode node : nodes) {
            healthy &= describe(node, text);
        }
        output.print(Map.of("nodes", nodes, "healthy", healthy), text.toString().stripTrailing());
        return healthy ? ExitCode.OK.status() : ExitCode.UNAVAILABLE.status();
    }

    private static boolean describe(JsonNode node, StringBuilder text) {
        if (node.has("error")) {
            text.append(String.format("%-10s %s%n", "?", node.path("error").asText()));
            return false;
        }
        String cluster = node.path("cluster").asText("waits for 'quorate init'");
        text.append(String.format(
                "%-10s %-22s cluster %s%n",
                node.path("node").asText(), node.path("address").asText(), cluster));
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
}
