package io.quorate.cli.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Lets options of a command stand before its name, too, as in {@code quorate --server HOST:PORT status}. Pure. */
final class LeadingOptions {
    private LeadingOptions() {}

    /**
     * The same words with the options that belong to the command behind its name. From the first word on that is neither a command
     * nor an option that means the same to all commands that have it, all are left where they are, for the parser to refuse them.
     */
    static String[] behindTheirCommand(CommandLine root, String... args) {
        List<String> begin = new ArrayList<>();
        List<String> leading = new ArrayList<>();
        CommandLine command = root;
        int at = 0;
        while (at < args.length && !command.getSubcommands().isEmpty()) {
            String word = args[at];
            String name = word.split("=", 2)[0];
            if (command.getSubcommands().containsKey(word)) {
                command = command.getSubcommands().get(word);
                begin.add(word);
            } else if (word.startsWith("-") && command.getCommandSpec().findOption(name) != null) {
                begin.add(word);
            } else {
                List<Boolean> takesValue = word.startsWith("-") ? below(command, name) : List.of();
                if (takesValue.size() != 1) {
                    break;
                }
                leading.add(word);
                if (takesValue.get(0) && name.equals(word) && at + 1 < args.length) {
                    at++;
                    leading.add(args[at]);
                }
            }
            at++;
        }
        if (command.getSubcommands().isEmpty()) {
            begin.addAll(leading);
        } // else there is no command that they could belong to, which is what is told
        begin.addAll(Arrays.asList(args).subList(at, args.length));
        return begin.toArray(String[]::new);
    }

    /** Whether options of that name, of commands below, need a value: empty if there are none, both where some do and some do not. */
    private static List<Boolean> below(CommandLine command, String name) {
        return command.getSubcommands().values().stream()
                .flatMap(next -> {
                    OptionSpec option = next.getCommandSpec().findOption(name);
                    Stream<Boolean> own = option == null
                            ? Stream.empty()
                            : Stream.of(option.arity().min() > 0);
                    return Stream.concat(own, below(next, name).stream());
                })
                .distinct()
                .toList();
    }
}
