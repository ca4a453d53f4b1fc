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
        CommandLine root = line;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        List<String> args = root.getParseResult().originalArgs();
        CommandFailure failure = failure(e, line.getErr());
        report(line, Commands.wantsJson(line, args), failure.code(), failure.getMessage());
        return failure.code().status();
    }

    /** The failure for its user; where nobody expected it, its stack trace goes to standard error. */
    static CommandFailure failure(Exception e, PrintWriter err) {
        Optional<CommandFailure> known = Failures.known(e);
        if (known.isPresent()) {
            return known.get();
        }
        e.printStackTrace(err);
        err.flush();
        return new CommandFailure(
                ExitCode.FAILED, "unexpected: " + e + " (a bug; the stack trace is on standard error)", e);
    }

    /** The JSON form of an error. */
    static ObjectNode json(ExitCode code, String message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kind", code.label())
                .put("exit", code.status())
                .put("message", message);
    }

    private static void report(CommandLine line, boolean json, ExitCode code, String message) {
        if (json) {
            ObjectNode root = JsonNodeFactory.instance.objectNode();
            root.set("error", json(code, message));
            line.getOut().println(root);
            line.getOut().flush();
        } else {
            line.getErr().println("quorate: " + message);
            line.getErr().flush();
        }
    }
}
