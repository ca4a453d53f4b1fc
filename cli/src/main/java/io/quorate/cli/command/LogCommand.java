package io.quorate.cli.command;

import picocli.CommandLine.Command;

/** Entries of a shard with application log. */
@Command(
        name = "log",
        description = {
            "Appends to a shard whose application is 'log', which keeps each entry under its LSN; reads the log of any shard.",
            "",
            "LSNs are dense within a shard, but some belong to the system (writer sessions): those have no entry."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate log append audit --input events.txt",
            "  cat events.txt | quorate log append audit --input -",
            "  quorate log tail audit --from 1 --follow"
        },
        subcommands = {LogAppendCommand.class, LogTailCommand.class})
final class LogCommand extends CommandGroup {}
