package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shards of the cluster. */
@Command(
        name = "shards",
        description = {
            "Lists, creates, upgrades and removes shards; skips what cannot be applied.",
            "",
            "A shard is a log of its own with an application behind it: 'kv' (keys and values) or 'log' (entries under their LSN)."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate shards create orders --application kv",
            "  quorate shards list",
            "  quorate shards upgrade orders --dry-run",
            "  quorate shards remove orders --yes"
        },
        subcommands = {
            ShardsCommand.ListShards.class,
            ShardsCommand.Create.class,
            ShardsUpgradeCommand.class,
            ShardsSkipCommand.class,
            ShardsRemoveCommand.class
        })
final class ShardsCommand extends CommandGroup {
    /** Names of the nodes that have a shard, each behind a space. */
    private static String members(JsonNode record) {
        StringBuilder members = new StringBuilder();
        record.path("descriptor").path("peers").forEach(peer -> members.append(' ')
                .append(peer.path("id").asText().split("\\.")[0]));
        return members.toString();
    }

    /** Lists. */
    @Command(
            name = "list",
            description = "Lists the shards, their applications and the versions in force, states and members.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate shards list --json")
    static final class ListShards implements Runnable {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Override
        public void run() {
            JsonNode shards = cluster.admin(output::progress, ListShards::withVersions);
            StringBuilder text = new StringBuilder();
            for (JsonNode record : shards.path("shards")) {
                JsonNode descriptor = record.path("descriptor");
                text.append(String.format(
                        "%-20s %-8s version %-4s generation %-4d %-9s on%s%n",
                        descriptor.path("shard").asText(),
                        descriptor.path("application").asText(),
                        record.path("versions").path("applyVersion").asText("?"),
                        descriptor.path("generation").asLong(),
                        record.path("state").asText(),
                        members(record)));
            }
            output.print(shards, text.toString().stripTrailing());
        }

        /** The versions in force are the leaders' to tell; a shard without a leader has none here. */
        private static JsonNode withVersions(ClusterAdmin admin) {
            Map<String, JsonNode> versions = new HashMap<>();
            for (JsonNode node : admin.status()) {
                for (JsonNode replica : node.path("shards")) {
                    if (replica.path("leads").asBoolean()) {
                        versions.put(replica.path("shard").asText(), replica.path("versions"));
                    }
                }
            }
            JsonNode shards = admin.shards();
            for (JsonNode record : shards.path("shards")) {
                String shard = record.path("descriptor").path("shard").asText();
                Optional.ofNullable(versions.get(shard))
                        .ifPresent(found -> ((ObjectNode) record).set("versions", found));
            }
            return shards;
        }
    }

    /** Creates. */
    @Command(
            name = "create",
            description = {
                "Creates a shard and waits until it has a leader.",
                "",
                "Goes on where an interrupted creation stopped; a no-op for a shard that exists with the same application."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  quorate shards create orders --application kv",
                "  quorate shards create audit --application log --nodes n1,n2,n3"
            })
    static final class Create implements Runnable {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Parameters(paramLabel = "SHARD", description = "Name: lower-case letters, digits, dashes.")
        private ShardId shard;

        @Option(
                names = "--application",
                paramLabel = "NAME",
                defaultValue = "kv",
                converter = Converters.Text.class,
                description = "kv or log, or what the nodes have besides. Default: ${DEFAULT-VALUE}")
        private String application;

        @Option(
                names = "--nodes",
                paramLabel = "NODE",
                split = ",",
                description = "Names of the nodes that shall have a copy. Default: the least loaded ones.")
        private List<NodeId> nodes = List.of();

        @Option(
                names = "--replicas",
                paramLabel = "N",
                defaultValue = "3",
                converter = Converters.Count.class,
                description = "How many nodes have a copy, without --nodes. Default: ${DEFAULT-VALUE} nodes")
        private int replicas;

        @Override
        public void run() {
            JsonNode created =
                    cluster.admin(output::progress, admin -> admin.createShard(shard, application, nodes, replicas));
            boolean existed = created.path("state").asText().equals("ACTIVE");
            output.print(
                    created, "shard " + shard + (existed ? " exists already, on" + members(created) : " is ready"));
        }
    }
}
