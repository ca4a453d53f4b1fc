package io.quorate.cli.command;

import picocli.CommandLine.Command;

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
            "  quorate demo",
            "  quorate status",
            "",
            "Every command explains itself: quorate COMMAND --help. Its options may stand before it, too. With --json it prints one JSON "
                    + "object, for an error, too."
        },
        subcommands = {
            NodeCommand.class,
            InitCommand.class,
            StatusCommand.class,
            NodesCommand.class,
            ShardsCommand.class,
            PeersCommand.class,
            LeaderCommand.class,
            KvCommand.class,
            LogCommand.class,
            SnapshotCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            CompletionCommand.class
        })
final class QuorateCommand extends CommandGroup {}
