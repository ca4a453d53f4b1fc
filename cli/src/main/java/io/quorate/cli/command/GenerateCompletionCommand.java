package io.quorate.cli.command;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion script. */
@Command(
        name = "generate-completion",
        description = {
            "Prints a completion script for bash and zsh.",
            "",
            "Source it in a shell, or write it to a file that your shell reads at its start."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(quorate generate-completion)",
            "  quorate generate-completion > ~/.local/share/bash-completion/completions/quorate"
        })
final class GenerateCompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(root.getCommandName(), root));
        out.flush();
    }
}
