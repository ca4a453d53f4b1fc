package io.quorate.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Option {@code --json} and the one way in which commands print results. A mixin. */
final class Output {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object on standard output, also for an error.")
    private boolean json;

    /** Whether the option was given to the command, or to one above it. */
    boolean json() {
        for (CommandSpec above = spec.parent(); above != null; above = above.parent()) {
            OptionSpec option = above.findOption("--json");
            if (option != null && Boolean.TRUE.equals(option.getValue())) {
                return true;
            }
        }
        return json;
    }

    /** Prints the value as one line of JSON, or the text for people. */
    void print(Object value, String text) {
        line(json() ? toJson(value) : text);
    }

    /** Prints a line as it is. */
    void line(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    /** Progress for a person who waits: on standard error, and not with {@code --json}. */
    void progress(String text) {
        if (!json()) {
            note(text);
        }
    }

    /** What an operator must hear whatever the output looks like: on standard error. */
    void note(String text) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(text);
        err.flush();
    }

    static String toJson(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value, e);
        }
    }
}
