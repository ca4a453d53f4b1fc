package io.quorate.cli.command;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the completion script. */
@Command(
        name = "completion",
        aliases = "generate-completion",
        description = {
            "Prints a completion script for bash and zsh.",
            "",
            "The shell must find the command as 'quorate': put it on the PATH, for example with"
                    + " ln -s \"$PWD/quorate\" ~/.local/bin/quorate",
            "",
            "bash, for one session: the first example; for good: the second, where the package bash-completion is installed.",
            "zsh: in ~/.zshrc, behind 'autoload -U +X compinit && compinit; autoload -U +X bashcompinit && bashcompinit', the first"
                    + " example.",
            "After an upgrade of Quorate, print it again."
        },
        mixinStandardHelpOptions = true,
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(quorate completion)",
            "  quorate completion > ~/.local/share/bash-completion/completions/quorate"
        })
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Output output;

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        String script = AutoComplete.bash(root.getCommandName(), root);
        output.print(Map.of("script", script), script);
    }
}
