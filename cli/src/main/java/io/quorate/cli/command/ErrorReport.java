package io.quorate.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells the user what went wrong: on standard error, or as one JSON object on standard output with {@code --json}. */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        StringBuilder message = new StringBuilder(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                message.append(". Did you mean: ")
                        .append(String.join(", or ", suggestions))
                        .append("?");
            }
        }
        boolean json = Commands.wantsJson(line, List.of(args));
        report(line, json, ExitCode.USAGE, message.toString());
        if (!json) {
            PrintWriter err = line.getErr();
            err.println(
                    "Try '" + line.getCommandSpec().qualifiedName() + " --help' for what it takes, and for examples.");
            err.flush();
        }
        return ExitCode.USAGE.status();
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        boolean json = Commands.wantsJson(line, parsed.originalArgs());
        boolean changing = line.getCommandSpec().userObject() instanceof ChangesCluster;
        Optional<CommandFailure> known = Failures.known(e, changing);
        if (known.isPresent()) {
            report(line, json, known.get().code(), known.get().getMessage());
            return known.get().code().status();
        }
        report(line, json, ExitCode.FAILED, "unexpected: " + e + " (a bug; the stack trace is on standard error)");
        PrintWriter err = line.getErr();
        e.printStackTrace(err);
        err.flush();
        return ExitCode.FAILED.status();
    }

    private static void report(CommandLine line, boolean json, ExitCode code, String message) {
        if (json) {
            ObjectNode root = JsonNodeFactory.instance.objectNode();
            root.putObject("error")
                    .put("kind", code.label())
                    .put("exit", code.status())
                    .put("message", message);
            line.getOut().println(root);
            line.getOut().flush();
        } else {
            line.getErr().println("quorate: " + message);
            line.getErr().flush();
        }
    }
}
