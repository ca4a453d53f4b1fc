package io.quorate.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the sources say of themselves: each package's Javadoc has a sentence that begins with {@code API: stable} or {@code API:
 * internal}; {@code but for} in it names types that are the other one, and a type's own Javadoc may say it, too.
 */
final class ApiMarks {
    /** Of a type or package. */
    enum Mark {
        STABLE,
        INTERNAL
    }

    private static final Pattern SENTENCE =
            Pattern.compile("API: (stable|internal)([^.]*(?:\\.[a-z][^.]*|\\.[A-Z]\\w*}[^.]*)*)\\.");
    private static final Pattern LINK = Pattern.compile("\\{@link\\s+([\\w.]+)}");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");

    private final Map<String, Mark> packages = new TreeMap<>();
    private final Map<String, Mark> types = new TreeMap<>();
    private final List<String> unmarked = new ArrayList<>();

    private ApiMarks() {}

    /** Reads the main sources of all modules, which lie beside one another in a directory. */
    static ApiMarks read(Path modules) {
        ApiMarks marks = new ApiMarks();
        try (Stream<Path> children = Files.list(modules)) {
            for (Path module : children.sorted().toList()) {
                Path sources = module.resolve("src/main/java");
                if (Files.isDirectory(sources)) {
                    marks.readModule(sources);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return marks;
    }

    private void readModule(Path sources) throws IOException {
        try (Stream<Path> tree = Files.walk(sources)) {
            for (Path file : tree.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                String text = Files.readString(file);
                if (file.endsWith("package-info.java")) {
                    readPackage(file, text);
                } else {
                    readType(file, text);
                }
            }
        }
    }

    private void readPackage(Path file, String text) {
        Optional<Matcher> sentence = sentence(text);
        if (sentence.isEmpty()) {
            unmarked.add(file.toString());
            return;
        }
        Mark mark = mark(sentence.get());
        packages.put(nameOf(text), mark);
        Matcher others = LINK.matcher(sentence.get().group(2));
        while (others.find()) {
            types.put(others.group(1), mark == Mark.STABLE ? Mark.INTERNAL : Mark.STABLE);
        }
    }

    private void readType(Path file, String text) {
        int begin = text.indexOf("/**");
        int end = text.indexOf("*/");
        if (begin >= 0 && begin < end) {
            String type = nameOf(text) + "." + file.getFileName().toString().replace(".java", "");
            sentence(text.substring(begin, end)).ifPresent(found -> types.put(type, mark(found)));
        }
    }

    private static String nameOf(String text) {
        Matcher declaration = PACKAGE.matcher(text);
        if (!declaration.find()) {
            throw new IllegalArgumentException("no package in: " + text.substring(0, Math.min(80, text.length())));
        }
        return declaration.group(1);
    }

    private static Optional<Matcher> sentence(String javadoc) {
        Matcher sentence = SENTENCE.matcher(javadoc.replaceAll("\\n\\s*\\*", " "));
        return sentence.find() ? Optional.of(sentence) : Optional.empty();
    }

    private static Mark mark(Matcher sentence) {
        return sentence.group(1).equals("stable") ? Mark.STABLE : Mark.INTERNAL;
    }

    /** Files that describe a package and do not say. */
    List<String> unmarked() {
        return List.copyOf(unmarked);
    }

    /** Of a top-level type; empty if neither it nor its package says. */
    Optional<Mark> of(String packageName, String type) {
        return Optional.ofNullable(types.getOrDefault(packageName + "." + type, packages.get(packageName)));
    }

    /** Types that a mark names, whether they exist or not. */
    List<String> named() {
        return List.copyOf(types.keySet());
    }
}
