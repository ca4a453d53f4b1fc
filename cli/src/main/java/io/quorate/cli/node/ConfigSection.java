package io.quorate.cli.node;

import io.quorate.cli.node.YamlValue.Entry;
import io.quorate.cli.node.YamlValue.Mapping;
import io.quorate.cli.node.YamlValue.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One mapping of the file, from which settings are taken by name. Problems are gathered, so that a user sees all of them at once;
 * a setting with a problem is taken as absent. When all were taken, {@link #refuseTheRest} names what nobody asked for.
 */
final class ConfigSection {
    private final String path;
    private final int line;
    private final Map<String, Entry> entries;
    private final List<ConfigProblem> problems;
    private final Set<String> known = new TreeSet<>();

    /**
     * @param path prefix of names in messages: empty, or ending with a dot
     * @param problems to which what is wrong is added
     */
    ConfigSection(String path, Mapping mapping, List<ConfigProblem> problems) {
        this.path = path;
        this.line = mapping.line();
        this.entries = mapping.entries();
        this.problems = problems;
    }

    /** A setting that may be absent. The parser throws IllegalArgumentException to refuse a value. */
    <T> Optional<T> optional(String key, Function<String, T> parser) {
        known.add(key);
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (!(entry.value() instanceof Scalar scalar)) {
            problem(entry.line(), "'" + path + key + "' takes one value, not a list or a section");
            return Optional.empty();
        }
        if (scalar.text().isBlank()) {
            problem(entry.line(), "'" + path + key + "' has no value");
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(scalar.text().strip()));
        } catch (IllegalArgumentException e) {
            problem(entry.line(), "'" + path + key + "': " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A setting that must be there; empty only together with a problem. */
    <T> Optional<T> required(String key, String meaning, Function<String, T> parser) {
        if (!entries.containsKey(key)) {
            known.add(key);
            problem(path.isEmpty() ? 0 : line, "'" + path + key + "' is missing: " + meaning);
            return Optional.empty();
        }
        return optional(key, parser);
    }

    /** A section that may be absent. */
    Optional<ConfigSection> section(String key) {
        known.add(key);
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.value() instanceof Mapping mapping) {
            return Optional.of(new ConfigSection(path + key + ".", mapping, problems));
        }
        problem(entry.line(), "'" + path + key + "' is a section: write its settings below it, indented");
        return Optional.empty();
    }

    /** Line of a setting, of the section if the setting is absent. */
    int lineOf(String key) {
        return entries.containsKey(key) ? entries.get(key).line() : line;
    }

    void problem(int atLine, String message) {
        problems.add(new ConfigProblem(atLine, message));
    }

    /** Refuses every setting that was not asked for. */
    void refuseTheRest() {
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                String hint = Spelling.closest(key, known)
                        .map(k -> "did you mean '" + path + k + "'?")
                        .orElseGet(() -> "known here: " + known.stream().collect(Collectors.joining(", ")));
                problem(entry.line(), "unknown key '" + path + key + "'; " + hint);
            }
        });
    }
}
