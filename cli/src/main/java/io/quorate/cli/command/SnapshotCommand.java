package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.topology.ShardId;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Snapshots of a shard. */
@Command(
        name = "snapshot",
        description = "Makes a shard's state durable and lets go of the consensus log behind it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = "  quorate snapshot take orders",
        subcommands = SnapshotCommand.Take.class)
final class SnapshotCommand extends CommandGroup {
    /** Takes one. */
    @Command(
            name = "take",
            description =
                    "Takes a snapshot on every member of a shard that can be reached, and prints the LSN of each; exits with 5 if one failed.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate snapshot take orders")
    static final class Take implements Callable<Integer> {
        @Mixin
        private ClusterOptions cluster;

        @Mixin
        private Output output;

        @Parameters(paramLabel = "SHARD", description = "Name of the shard.")
        private ShardId shard;

        @Override
        public Integer call() {
            Map<String, JsonNode> taken = cluster.admin(output::progress, admin -> admin.checkpoint(shard));
            StringBuilder text = new StringBuilder();
            taken.forEach((node, answer) -> text.append(String.format(
                    "%-10s %s%n",
                    node, answer.has("error") ? answer.path("error").asText() : "lsn " + answer.path("lsn"))));
            output.print(
                    Map.of("shard", shard.value(), "nodes", taken),
                    text.toString().stripTrailing());
            boolean all = taken.values().stream().noneMatch(answer -> answer.has("error"));
            return all ? ExitCode.OK.status() : ExitCode.UNAVAILABLE.status();
        }
    }
}
