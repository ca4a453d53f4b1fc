package io.quorate.cli.command;

import java.util.stream.Collectors;
import picocli.CommandLine;

/** Questions about the command tree. */
final class Commands {
    private Commands() {}

    /** Names of the visible subcommands, in their order. */
    static String names(CommandLine line) {
        return line.getSubcommands().entrySet().stream()
                .filter(e -> !e.getValue().getCommandSpec().usageMessage().hidden())
                .map(e -> e.getKey())
                .collect(Collectors.joining(", "));
    }

    /** Whether the command takes a {@code --json} without a value and was given it. */
    static boolean wantsJson(CommandLine line, Iterable<String> args) {
        var option = line.getCommandSpec().findOption("--json");
        if (option == null || option.arity().max() > 0) {
            return false;
        }
        for (String arg : args) {
            if (arg.equals("--json")) {
                return true;
            }
        }
        return false;
    }
}
