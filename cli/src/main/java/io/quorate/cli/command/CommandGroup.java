package io.quorate.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only has others below it, and says so when it is called by itself. */
abstract class CommandGroup implements Runnable {
    @Spec
    private CommandSpec spec;

    /** {@code --json} before the name of a subcommand counts for that. */
    @Mixin
    private Output output;

    @Override
    public final void run() {
        CommandLine line = spec.commandLine();
        throw new ParameterException(line, "which command? One of: " + Commands.names(line));
    }
}
