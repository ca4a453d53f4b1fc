package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Holds for every command, also for those that are added later. */
class CommandTreeTest {
    private static final JsonMapper ONE_OBJECT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static Stream<CommandLine> everyCommand() {
        return everyCommandBelow(Main.commandLine());
    }

    private static Stream<CommandLine> everyCommandBelow(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(CommandTreeTest::everyCommandBelow));
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandHasADescription(CommandLine line) {
        assertThat(String.join("", line.getCommandSpec().usageMessage().description()))
                .as(name(line))
                .isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyOptionHasADescription(CommandLine line) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            assertThat(option.description())
                    .as(name(line) + " " + option.longestName())
                    .isNotEmpty();
        }
        line.getCommandSpec().positionalParameters().forEach(p -> assertThat(p.description())
                .as(name(line) + " " + p.paramLabel())
                .isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandHasExamplesThatParse(CommandLine line) {
        List<List<String>> examples = examples(line);
        assertThat(examples).as(name(line)).isNotEmpty();
        for (List<String> example : examples) {
            Main.commandLine().parseArgs(example.toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandExplainsItself(CommandLine line) {
        List<String> args = new ArrayList<>(List.of(name(line).split(" ")));
        args.remove(0);
        args.add("--help");
        CommandRun run = CommandRun.of(args.toArray(String[]::new));
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("Usage: " + name(line)).contains("Examples:");
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyOptionWithAValueGivesItsDefault(CommandLine line) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            if (option.arity().max() > 0 && !option.required() && !option.hidden() && option.group() == null) {
                assertThat(String.join(" ", option.description()))
                        .as(name(line) + " " + option.longestName())
                        .contains("Default: ");
            }
        }
    }

    /** Of a terminal of 80 columns. */
    @ParameterizedTest
    @MethodSource("everyCommand")
    void tablesInDescriptionsFitALine(CommandLine line) {
        assertThat(Arrays.stream(line.getCommandSpec().usageMessage().description())
                        .filter(text -> text.startsWith("  ")))
                .as(name(line))
                .allMatch(text -> text.length() < 80);
    }

    /** What nearly every command has takes little room beside what is its own. */
    @Test
    void optionsOfTheConnectionTakeALineOrTwoEach() {
        String help = CommandRun.of("leader", "show", "--help").out();
        int begin = help.indexOf("Options:");
        assertThat(help.substring(begin, help.indexOf("Examples:")).lines().count())
                .as(help)
                .isLessThan(20);
    }

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandTakesJsonAndThenPrintsItsErrorsAsOneObject(CommandLine line) throws Exception {
        List<String> args = new ArrayList<>(List.of(name(line).split(" ")));
        args.remove(0);
        args.addAll(List.of("--no-such-option", "--json"));
        CommandRun run = CommandRun.of(args.toArray(String[]::new));
        assertThat(line.getCommandSpec().findOption("--json")).as(name(line)).isNotNull();
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).isEmpty();
        JsonNode error = ONE_OBJECT.readTree(run.out()).path("error");
        assertThat(error.path("exit").asInt()).isEqualTo(ExitCode.USAGE.status());
        assertThat(error.path("kind").asText()).isEqualTo("usage");
        assertThat(error.path("message").asText()).isNotBlank();
    }

    @Test
    void examplesAreFoundInsideOfShellSyntax() {
        assertThat(words("  source <(quorate completion)")).containsExactly("completion");
        assertThat(words("  cat f | quorate log append --input - # all of it"))
                .containsExactly("log", "append", "--input", "-");
        assertThat(words("  quorate kv put 'a key' \"v w\" > out")).containsExactly("kv", "put", "a key", "v w");
    }

    private static String name(CommandLine line) {
        return line.getCommandSpec().qualifiedName();
    }

    private static List<List<String>> examples(CommandLine line) {
        return Arrays.stream(line.getCommandSpec().usageMessage().footer())
                .filter(text -> text.startsWith("  ") && text.contains("quorate "))
                .map(CommandTreeTest::words)
                .toList();
    }

    /** The arguments after the word {@code quorate}, up to the end of the shell command. */
    private static List<String> words(String example) {
        String rest = example.substring(example.indexOf("quorate ") + "quorate ".length());
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (char c : (rest + " ").toCharArray()) {
            if (quote != 0 || c == '\'' || c == '"') {
                quote = c == quote ? 0 : quote == 0 ? c : quote;
                if (quote != 0 && c != quote) {
                    word.append(c);
                }
            } else if ("|>#)&;".indexOf(c) >= 0) {
                break;
            } else if (c != ' ') {
                word.append(c);
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }
}
