package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.NodeId;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Nodes of the cluster. */
@Command(
        name = "nodes",
        description = {
            "Lists the nodes of the cluster; removes those that are gone for good.",
            "",
            "A node becomes part of a cluster by 'quorate init', or when 'quorate peers add' makes it a member of a shard. It stays on"
                    + " the list, dead or alive, until it is removed here."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate nodes list", "  quorate nodes remove n3 --yes"},
        subcommands = {NodesCommand.ListNodes.class, NodesCommand.Remove.class})
final class NodesCommand extends CommandGroup {
    /** Lists. */
    @Command(
            name = "list",
            description = {
                "Lists the nodes of the cluster, whether each answers, and the shards that it is a member of.",
                "",
                "Exits with 0 also if some do not answer; see 'quorate status' for that."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  quorate nodes list", "  quorate nodes list --json | jq '.nodes[] | select(.answers | not)'"})
    static final class ListNodes implements Runnable {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Override
        public void run() {
            ObjectNode nodes = cluster.admin(output::progress, ListNodes::look);
            StringBuilder text = new StringBuilder();
            for (JsonNode node : nodes.path("nodes")) {
                text.append(String.format(
                        "%-10s %-22s %-36s %s%n",
                        node.path("node").asText(),
                        node.path("address").asText(),
                        node.path("peer").asText(),
                        node.path("answers").asBoolean()
                                ? shards(node)
                                : "does not answer; " + shards(node) + ": "
                                        + node.path("problem").asText()));
            }
            output.print(nodes, text.toString().stripTrailing());
        }

        private static String shards(JsonNode node) {
            TreeSet<String> names = new TreeSet<>();
            node.path("shards").forEach(shard -> names.add(shard.asText()));
            return names.isEmpty() ? "member of no shard" : "member of " + String.join(", ", names);
        }

        private static ObjectNode look(ClusterAdmin admin) {
            Map<String, JsonNode> statuses = new HashMap<>();
            admin.status().forEach(status -> statuses.put(status.path("address").asText(), status));
            JsonNode shards = admin.shards();
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            all.putArray("nodes");
            for (JsonNode known : admin.nodes().path("nodes")) {
                all.withArray("/nodes").add(describe(known, shards, statuses));
            }
            return all;
        }

        private static ObjectNode describe(JsonNode known, JsonNode shards, Map<String, JsonNode> statuses) {
            String peer = known.path("peer").asText();
            String address = known.path("address").asText();
            String name = peer.split("\\.")[0];
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("node", name).put("peer", peer).put("address", address);
            JsonNode status = statuses.get(address);
            String now = status == null ? "" : status.path("peer").asText();
            node.put("answers", now.equals(peer));
            if (!now.equals(peer)) {
                node.put("problem", problem(status, now));
            }
            node.putArray("shards");
            for (JsonNode record : shards.path("shards")) {
                for (JsonNode member : record.path("descriptor").path("peers")) {
                    if (member.path("id").asText().startsWith(name + ".")) {
                        node.withArray("/shards").add(record.path("descriptor").path("shard"));
                    }
                }
            }
            return node;
        }

        private static String problem(JsonNode status, String now) {
            if (status == null) {
                return "it was not asked";
            }
            return now.isEmpty() ? Failures.plain(status.path("error").asText()) : now + " is at its address by now";
        }
    }

    /** Removes. */
    @Command(
            name = "remove",
            description = {
                "Removes a node from the cluster, for good.",
                "",
                "For a machine that is dead, or that you gave up: take it out of each of its shards first ('quorate peers remove'),"
                        + " then out of the cluster. Refused while a shard has it as a member, and while it is alive and serves any"
                        + " shard. May be repeated.",
                "",
                "What the node still had to do, such as deleting its part of a removed shard, counts as done. So its disk never comes"
                        + " back: a node that is started with it serves nothing, and says so. Start it with an empty data directory"
                        + " to add it anew, under the same name if wanted: it is another peer then."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  quorate nodes remove n3", "  quorate nodes remove n3 --yes"})
    static final class Remove implements Runnable {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Parameters(paramLabel = "NODE", description = "Name of the node.")
        private NodeId node;

        @Option(names = "--yes", description = "Do not ask whether its disk may be given up.")
        private boolean confirmed;

        @Override
        public void run() {
            JsonNode removed = cluster.admin(output::progress, admin -> {
                JsonNode known = admin.removableNode(node);
                if (!known.path("state").asText().equals("REMOVED")) {
                    Confirmation.of(output)
                            .require(
                                    confirmed,
                                    "node " + known.path("peer").asText() + " at "
                                            + known.path("address").asText()
                                            + " is removed for good: what is on its disk will never be used again");
                }
                return admin.removeNode(node);
            });
            output.print(removed, "node " + node + " is removed from the cluster");
        }
    }
}
