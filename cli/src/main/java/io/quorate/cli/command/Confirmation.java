package io.quorate.cli.command;

import java.io.Console;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Asks before something is lost for good. */
final class Confirmation {
    private final Optional<UnaryOperator<String>> terminal;

    /** @param terminal shows a question and returns what was typed, or null at the end; empty where nobody can be asked */
    Confirmation(Optional<UnaryOperator<String>> terminal) {
        this.terminal = terminal;
    }

    /** Of the terminal that the command runs at, if it does; with JSON as output nobody is asked. */
    static Confirmation of(Output output) {
        Console console = output.json() ? null : System.console();
        return new Confirmation(Optional.ofNullable(console).map(c -> question -> c.readLine("%s", question)));
    }

    /**
     * Returns if it was confirmed.
     *
     * @param given whether {@code --yes} was
     * @param loss what will be lost, as a sentence without its end
     * @throws CommandFailure if it was not
     */
    void require(boolean given, String loss) {
        if (given) {
            return;
        }
        // newer JDKs have a console also where there is no terminal: it is at its end then
        String answer =
                terminal.map(ask -> ask.apply(loss + ". Type 'yes' to go on: ")).orElse(null);
        if (answer == null) {
            throw new CommandFailure(ExitCode.USAGE, loss + "; repeat with --yes if that is wanted");
        }
        if (!answer.strip().equals("yes")) {
            throw new CommandFailure(ExitCode.REFUSED, "not confirmed; nothing was changed");
        }
    }
}
