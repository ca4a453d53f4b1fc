package io.quorate.cli.command;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Questions about the command tree. */
final class Commands {
    private static final String JSON = "--json";

    private Commands() {}

    /** Names of the visible subcommands, in their order. */
    static String names(CommandLine line) {
        return line.getSubcommands().values().stream()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden())
                .map(CommandLine::getCommandName)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** Whether the words ask for JSON on standard output: {@code --json}, and no file behind it where the command takes one. */
    static boolean wantsJson(CommandLine line, List<String> args) {
        int at = args.indexOf(JSON);
        if (at < 0) {
            return false;
        }
        OptionSpec option = line.getCommandSpec().findOption(JSON);
        boolean takesFile = option != null && option.arity().max() > 0;
        return !takesFile || at + 1 == args.size() || args.get(at + 1).startsWith("-");
    }
}
