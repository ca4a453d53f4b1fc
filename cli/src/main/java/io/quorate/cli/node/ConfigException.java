package io.quorate.cli.node;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration file was refused. The message has one line for each problem, {@code file:line: what is wrong}. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    public ConfigException(String file, List<ConfigProblem> problems) {
        super(problems.stream()
                .map(p -> file + (p.line() > 0 ? ":" + p.line() : "") + ": " + p.message())
                .collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** In the order of their lines. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
