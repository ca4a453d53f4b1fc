package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Every option that takes a value refuses what cannot be one, by name, before anything is tried. */
class OptionValuesTest {
    private static final List<String> COUNTS = List.of("0", "-1", "1.5", "many", "99999999999", "");
    private static final List<String> TIMES = List.of("-1s", "soon", "1d", "25h", "");
    private static final List<String> TIMES_ABOVE_ZERO = List.of("0s", "0", "-1s", "soon", "1d", "25h", "");
    private static final List<String> NAMES = List.of("Upper", "a_b", "-a", "");
    private static final List<String> ADDRESSES =
            List.of("here", "here:", "here:0", "here:70000", "http://here:7001", "a b:7001", "::1:7001", ":7001", "");
    private static final List<String> FILES_TO_READ = List.of("/no/such/file", "/");
    private static final List<String> FILES_TO_WRITE = List.of("/no/such/directory/file", "/", "");

    private static final Map<String, List<String>> BAD_OPTIONS = Map.ofEntries(
            Map.entry("--server", ADDRESSES),
            Map.entry("--timeout", TIMES_ABOVE_ZERO),
            Map.entry("--voters", COUNTS),
            Map.entry("--nodes", NAMES),
            Map.entry("--without", NAMES),
            Map.entry("--replicas", COUNTS),
            Map.entry("--application", List.of("")),
            Map.entry("--apply-version", COUNTS),
            Map.entry("--lsn", List.of("0", "-1", "x", "")),
            Map.entry("--from", List.of("0", "-1", "x", "")),
            Map.entry("--role", List.of("king", "")),
            Map.entry("--concern", List.of("most", "quorum=0", "quorum=x", "")),
            Map.entry("--consistency", List.of("fresh", "bounded=-1s", "bounded=x", "session=-1", "session=x", "")),
            Map.entry("--read-from", List.of("me", "")),
            Map.entry("--limit", COUNTS),
            Map.entry("--clients", COUNTS),
            Map.entry("--outstanding", COUNTS),
            Map.entry("--connections", COUNTS),
            Map.entry("--value-bytes", COUNTS),
            Map.entry("--mode", List.of("sideways", "")),
            Map.entry("--rate", List.of("0", "-1", "x", "NaN", "1e9", "")),
            Map.entry("--duration", TIMES_ABOVE_ZERO),
            Map.entry("--warmup-min", TIMES),
            Map.entry("--warmup-max", TIMES),
            Map.entry("--warmup", TIMES),
            Map.entry("--calm", TIMES),
            Map.entry("--steady-windows", COUNTS),
            Map.entry("--steady-spread", List.of("0", "-1", "1.5", "x", "")),
            Map.entry("--system", List.of("etcd", "")),
            Map.entry("--rounds", COUNTS),
            Map.entry("--shards", COUNTS),
            Map.entry("--preset", List.of("wan", "LAN", "")),
            Map.entry("--pack", COUNTS),
            Map.entry("--baseline-pack", COUNTS),
            Map.entry("--baseline-clients", COUNTS),
            Map.entry("--disturbance", List.of("fire", "")),
            Map.entry("--dir", List.of("/no/such/directory", "/etc/passwd", "")),
            Map.entry("--heap", List.of("0m", "-1m", "512", "much", "")),
            Map.entry("--jvm-arg", List.of("")),
            Map.entry("--json", FILES_TO_WRITE),
            Map.entry("--html", FILES_TO_WRITE),
            Map.entry("--input", FILES_TO_READ),
            Map.entry("--config", FILES_TO_READ),
            Map.entry("--directory", List.of("/etc/passwd", "/etc")),
            Map.entry("--tls-ca", FILES_TO_READ));

    /** Any text is right, or what is wrong shows together with others only. */
    private static final Set<String> FREE = Set.of("--expect", "--set", "--prefix", "--tls-cert", "--tls-key");

    private static final Map<String, List<String>> BAD_PARAMETERS =
            Map.of("SHARD", NAMES, "NODE", NAMES, "KEY", List.of(""), "HOST:PORT", ADDRESSES);

    private static final Map<String, String> GOOD_PARAMETERS =
            Map.of("SHARD", "orders", "NODE", "n1", "KEY", "k", "HOST:PORT", "127.0.0.1:1", "VALUE", "v");

    /** What commands cannot do without, besides parameters. */
    private static final Map<String, List<String>> REQUIRED = Map.of(
            "quorate node", List.of("--config", "pom.xml", "--check"),
            "quorate shards skip", List.of("--lsn", "5", "--yes"),
            "quorate nodes remove", List.of("--yes"),
            "quorate log append", List.of("--input", "pom.xml"),
            "quorate kv cas", List.of("--expect-absent", "--remove"));

    /** All bad values at the first command that has the option, one of them at each other. */
    static Stream<Arguments> badValues() {
        Set<String> met = new HashSet<>();
        return CommandTreeTest.everyCommand()
                .flatMap(line -> Stream.concat(badOptions(line, met), badParameters(line, met)));
    }

    private static List<String> some(Map<String, List<String>> values, String name, Set<String> met) {
        List<String> all = values.getOrDefault(name, List.of());
        return met.add(name) || all.isEmpty() ? all : all.subList(0, 1);
    }

    private static Stream<Arguments> badOptions(CommandLine line, Set<String> met) {
        return valueOptions(line).flatMap(option -> some(BAD_OPTIONS, option.longestName(), met).stream()
                .map(value -> Arguments.of(
                        line.getCommandSpec().qualifiedName(),
                        option.longestName(),
                        value,
                        args(line, option, value))));
    }

    private static Stream<Arguments> badParameters(CommandLine line, Set<String> met) {
        return line.getCommandSpec().positionalParameters().stream()
                .flatMap(parameter -> some(BAD_PARAMETERS, parameter.paramLabel(), met).stream()
                        // what begins with a dash is taken for an option
                        .filter(value -> !value.startsWith("-"))
                        .map(value -> Arguments.of(
                                line.getCommandSpec().qualifiedName(),
                                parameter.paramLabel(),
                                value,
                                args(line, parameter, value))));
    }

    private static Stream<OptionSpec> valueOptions(CommandLine line) {
        return line.getCommandSpec().options().stream()
                .filter(option -> option.arity().max() > 0 && !FREE.contains(option.longestName()));
    }

    private static List<String> args(CommandLine line, OptionSpec option, String value) {
        List<String> args = command(line);
        List<String> required =
                new ArrayList<>(REQUIRED.getOrDefault(line.getCommandSpec().qualifiedName(), List.of()));
        int own = required.indexOf(option.longestName());
        if (own >= 0) {
            required.subList(own, own + 2).clear();
        }
        args.addAll(required);
        line.getCommandSpec().positionalParameters().forEach(p -> args.add(GOOD_PARAMETERS.get(p.paramLabel())));
        args.add(option.longestName() + "=" + value);
        return args;
    }

    private static List<String> args(CommandLine line, PositionalParamSpec bad, String value) {
        List<String> args = command(line);
        args.addAll(REQUIRED.getOrDefault(line.getCommandSpec().qualifiedName(), List.of()));
        line.getCommandSpec()
                .positionalParameters()
                .forEach(p -> args.add(p == bad ? value : GOOD_PARAMETERS.get(p.paramLabel())));
        return args;
    }

    private static List<String> command(CommandLine line) {
        List<String> args =
                new ArrayList<>(List.of(line.getCommandSpec().qualifiedName().split(" ")));
        args.remove(0);
        return args;
    }

    @ParameterizedTest(name = "{0} {1}={2}")
    @MethodSource("badValues")
    void aValueThatCannotBeIsRefusedWithTheOptionsName(String command, String name, String value, List<String> args) {
        CommandRun run = CommandRun.of(args.toArray(String[]::new));
        assertThat(run.status()).as(args + " " + run).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err())
                .as(args.toString())
                .contains(name)
                .contains("quorate: ")
                .doesNotContain("Exception", "Connection refused");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void noOptionIsForgotten() {
        assertThat(CommandTreeTest.everyCommand()
                        .flatMap(OptionValuesTest::valueOptions)
                        .map(OptionSpec::longestName))
                .allMatch(BAD_OPTIONS::containsKey);
    }
}
