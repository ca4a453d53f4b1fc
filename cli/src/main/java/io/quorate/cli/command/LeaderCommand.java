package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.topology.NodeId;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Leadership of a shard. */
@Command(
        name = "leader",
        description = "Shows who leads a shard, and hands leadership to another voter.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  quorate leader show orders", "  quorate leader transfer orders n2"},
        subcommands = {LeaderCommand.Show.class, LeaderCommand.Transfer.class})
final class LeaderCommand extends CommandGroup {
    /** Shows. */
    @Command(
            name = "show",
            description = "Shows who leads a shard, by its own word.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate leader show orders --json")
    static final class Show extends OnOneShard implements Runnable {
        @Override
        public void run() {
            JsonNode leader = cluster().admin(output()::progress, admin -> admin.leader(shard()));
            output().print(
                            leader,
                            leader.path("self").asText() + " at "
                                    + leader.path("address").asText() + ", epoch "
                                    + leader.path("epoch").asLong());
        }
    }

    /** Transfers. */
    @Command(
            name = "transfer",
            description = "Hands leadership of a shard to the voter on a node. A no-op if it leads already.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate leader transfer orders n2")
    static final class Transfer extends OnOneShard implements Runnable {
        @Parameters(index = "1", paramLabel = "NODE", description = "Name of the node.")
        private NodeId node;

        @Override
        public void run() {
            cluster().admin(output()::progress, admin -> admin.transferLeadership(shard(), node));
            output().print(
                            Map.of("shard", shard().value(), "leader", node.value()),
                            "shard " + shard() + " is led by " + node);
        }
    }
}
