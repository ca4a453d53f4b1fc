package io.quorate.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root: teaches, and has no action of its own. */
@Command(
        name = "quorate",
        description = {
            "Replicates a write-ahead log over machines and applies it to your state machine.",
            "",
            "A cluster is a set of nodes (processes). It serves shards, each a log with copies on some of the nodes, of which"
                    + " one leads. A write is acknowledged when a majority has it on disk."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate generate-completion",
            "",
            "Every command explains itself: quorate COMMAND --help. With --json a command prints one JSON object."
        },
        subcommands = {
            NodeCommand.class,
            InitCommand.class,
            StatusCommand.class,
            ShardsCommand.class,
            PeersCommand.class,
            LeaderCommand.class,
            KvCommand.class,
            LogCommand.class,
            SnapshotCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            GenerateCompletionCommand.class
        })
final class QuorateCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine line = spec.commandLine();
        throw new ParameterException(line, "which command? One of: " + Commands.names(line));
    }
}
