package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Snapshots of a shard. */
@Command(
        name = "snapshot",
        description = "Makes a shard's state durable, so that the consensus log before it may go.",
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
            description = {
                "Takes a snapshot on every member of a shard that can be reached, and prints the LSN of each.",
                "",
                "Segments of the consensus log that lie before it are deleted, but for the one that is being written and for some that "
                        + "spare a member which was away a copy of the whole state: the last 10,000 consensus entries or 64 MiB, "
                        + "whatever is less (many-shards: 1,000 or 4 MiB), and eight times as much while a member lacks them.",
                "",
                "Exits with 7 if a member failed, with 5 if all did."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate snapshot take orders")
    static final class Take extends OnOneShard implements Callable<Integer> {
        @Override
        public Integer call() {
            Map<String, JsonNode> taken = cluster().admin(output()::progress, admin -> admin.checkpoint(shard()));
            StringBuilder text = new StringBuilder();
            taken.forEach((node, answer) -> text.append(String.format(
                    "%-10s %s%n",
                    node, answer.has("error") ? answer.path("error").asText() : "lsn " + answer.path("lsn"))));
            output().print(
                            Map.of("shard", shard().value(), "nodes", taken),
                            text.toString().stripTrailing());
            return code(taken.values()).status();
        }

        static ExitCode code(Collection<JsonNode> answers) {
            long failed = answers.stream().filter(answer -> answer.has("error")).count();
            return failed == 0 ? ExitCode.OK : failed < answers.size() ? ExitCode.PARTLY : ExitCode.UNAVAILABLE;
        }
    }
}
