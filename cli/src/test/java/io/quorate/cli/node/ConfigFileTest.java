package io.quorate.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.cli.tls.TestCertificates;
import io.quorate.topology.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    private static final String GOOD = """
            node: n1
            listen: 127.0.0.1:7001
            dataDirectory: data
            """;

    @TempDir
    private Path directory;

    private DaemonConfig parse(String text) {
        return ConfigFile.parse(directory.resolve("n.yaml"), text);
    }

    private List<ConfigProblem> problems(String text) {
        return catchThrowableOfType(ConfigException.class, () -> parse(text)).problems();
    }

    private void assertProblem(String text, int line, String message) {
        assertThat(problems(text)).singleElement().satisfies(problem -> {
            assertThat(problem.message()).contains(message);
            assertThat(problem.line()).isEqualTo(line);
        });
    }

    @Test
    void threeSettingsAreEnoughAndTheRestHasDefaults() {
        DaemonConfig config = parse(GOOD);
        assertThat(config.node()).isEqualTo(new NodeId("n1"));
        assertThat(config.advertise()).isEqualTo(config.listen());
        assertThat(config.dataDirectory()).isEqualTo(directory.resolve("data"));
        assertThat(config.http()).isEmpty();
        assertThat(config.tls()).isEmpty();
        assertThat(config.preset()).isEqualTo(Preset.LAN);
        assertThat(config.limits()).isEqualTo(Preset.LAN.limits());
        assertThat(config.checkpoints()).isEqualTo(Checkpoints.DEFAULT);
    }

    @Test
    void everySettingIsRead() throws Exception {
        TestCertificates.make(directory, "n1", "EC");
        DaemonConfig config = parse(GOOD + """
                advertise: n1.example.org:7001
                http: "[::1]:7101"
                preset: many-shards
                memory: 1GiB
                diskReserve: 1GiB
                drain: 250ms
                tls:
                  certificate: n1.crt
                  key: n1.key
                  ca: n1.crt
                  mutual: false
                  allowAnybody: true
                limits:
                  entrySize: 900KiB
                  queueEntries: 100
                  queueSize: 2MiB
                checkpoint:
                  interval: 2h
                  logSize: 64MiB
                """.replace("n1.example.org", "localhost"));
        assertThat(config.advertise()).hasToString("localhost:7001");
        assertThat(config.http())
                .hasValueSatisfying(address -> assertThat(address).hasToString("[::1]:7101"));
        assertThat(config.preset()).isEqualTo(Preset.MANY_SHARDS);
        assertThat(config.memoryBytes()).isEqualTo(1L << 30);
        assertThat(config.diskReserveBytes()).isEqualTo(1 << 30);
        assertThat(config.drain()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.tls()).hasValueSatisfying(tls -> {
            assertThat(tls.privateKey()).isEqualTo(directory.resolve("n1.key"));
            assertThat(tls.mutual()).isFalse();
        });
        assertThat(config.allowAnybody()).isTrue();
        assertThat(config.limits()).isEqualTo(new Limits(900 << 10, 100, 2 << 20));
        assertThat(config.checkpoints()).isEqualTo(new Checkpoints(Duration.ofHours(2), 64 << 20));
    }

    @Test
    void theExampleInTheSourceTreeIsValidAlsoWithItsCommentedDefaults() throws Exception {
        Path example = Path.of("..", "config", "node.yaml");
        DaemonConfig config = ConfigFile.read(example);
        String defaults = Files.readString(example)
                .lines()
                .map(line -> line.replaceFirst(
                        "^# (preset|memory|diskReserve|drain|limits|checkpoint|  [a-zA-Z]+): ?", "$1: "))
                .filter(line -> !line.matches("  (certificate|key|ca|mutual|allowAnybody): .*"))
                .reduce("", (a, b) -> a + "\n" + b);
        assertThat(defaults).contains("\npreset: lan", "\n  logSize: 256MiB");
        assertThat(ConfigFile.parse(example, defaults)).isEqualTo(config);
    }

    @Test
    void allProblemsAreNamedAtOnceByTheirLines() {
        assertThatThrownBy(() -> parse("listen: here\nnode: N1\ndataDir: d\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("n.yaml: 'dataDirectory' is missing")
                .hasMessageContaining("n.yaml:1: 'listen': address 'here'")
                .hasMessageContaining("n.yaml:2: 'node': node 'N1' must be")
                .hasMessageContaining("n.yaml:3: unknown key 'dataDir'");
    }

    @Test
    void missingSettingsAreNamedWithWhatTheyAreFor() {
        assertThat(problems("preset: lan\n"))
                .extracting(ConfigProblem::message)
                .satisfiesExactly(
                        m -> assertThat(m).contains("'node' is missing", "name of this node"),
                        m -> assertThat(m).contains("'listen' is missing", "host:port"),
                        m -> assertThat(m).contains("'dataDirectory' is missing", "no default"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listne: 127.0.0.1:1 | unknown key 'listne'; did you mean 'listen'?",
                "datadirectory: d    | did you mean 'dataDirectory'?",
                "colour: red         | unknown key 'colour'; known here: advertise, checkpoint,",
                "http: 127.0.0.1:0   | port of 1 to 65535",
                "http: ::1:7101      | in brackets",
                "http: no.such.host.invalid:7101 | has no address",
                "http: 127.0.0.1:7001 | is the address of 'listen'",
                "http: 0.0.0.0:7101  | can be reached from other machines, and without TLS",
                "advertise: 0.0.0.0:7001 | no address that other nodes could connect to",
                "preset: wan         | there is no preset 'wan', only lan, many-shards",
                "memory: 64 MB       | is not a size such as",
                "memory: 1MiB        | is not within 32MiB and 1024GiB",
                "diskReserve: 1KiB   | is not within 1MiB and 1048576GiB",
                "drain: 10           | is not a duration such as 500ms",
                "drain: 0s           | is not within 1ms and 1h",
                "drain:              | 'drain' has no value",
                "drain: [1s, 2s]     | takes one value, not a list or a section",
                "limits: many        | 'limits' is a section",
            })
    void aBadSettingIsNamedByItsLine(String line, String message) {
        assertProblem(GOOD + line + "\n", 4, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits     | entrySize: 4MiB   | 'limits.entrySize': 4MiB is not within 1KiB and 4032KiB",
                "limits     | queueEntries: few | 'few' is not a number within 16 and 1000000",
                "limits     | queueEntries: 3   | '3' is not a number within 16 and 1000000",
                "limits     | queueSize: 1MiB   | queueSize 1MiB is below entrySize 2MiB",
                "limits     | entriesize: 1MiB  | unknown key 'limits.entriesize'; did you mean 'limits.entrySize'?",
                "checkpoint | interval: 1ms     | 'checkpoint.interval': 1ms is not within 1s and 24h",
                "checkpoint | logSize: 1B       | 'checkpoint.logSize': 1B is not within 1MiB and 64GiB",
            })
    void aBadSettingInASectionIsNamedByItsLine(String section, String line, String message) {
        assertProblem(GOOD + section + ":\n  " + line + "\n", 5, message);
    }

    @Test
    void limitsFollowThePreset() {
        assertThat(parse(GOOD + "preset: many-shards\n").limits()).isEqualTo(Preset.MANY_SHARDS.limits());
        assertProblem(
                GOOD + "preset: many-shards\nlimits:\n  entrySize: 1MiB\n", 6, "1MiB is not within 1KiB and 960KiB");
    }

    @Test
    void withoutTlsOnlyTheLoopbackInterfaceIsServed() throws Exception {
        String open = GOOD.replace("127.0.0.1:7001", "0.0.0.0:7001");
        assertProblem(open, 2, "without TLS whoever reaches it may read and change everything");
        TestCertificates.make(directory, "n1", "EC");
        String tls = "tls: {certificate: n1.crt, key: n1.key, ca: n1.crt}\n";
        assertProblem(open + tls, 2, "set 'advertise'");
        assertThat(parse(open + tls + "advertise: 192.0.2.1:7001\n").listen()).hasToString("0.0.0.0:7001");
    }

    @Test
    void withoutMutualTlsOnlyTheLoopbackInterfaceIsServedUnlessAnybodyIsAllowed() throws Exception {
        TestCertificates.make(directory, "n1", "EC");
        String open = GOOD.replace("127.0.0.1:7001", "0.0.0.0:7001") + "advertise: 192.0.2.1:7001\n";
        String tls = "tls: {certificate: n1.crt, key: n1.key, ca: n1.crt, mutual: false%s}\n";
        assertProblem(open + tls.formatted(""), 2, "say 'tls.allowAnybody: true'");
        assertProblem(
                open + tls.formatted(", allowAnybody: false"), 2, "whoever reaches it may administer the cluster");
        assertProblem(GOOD + tls.formatted(", allowAnybody: perhaps"), 4, "neither true nor false");
        assertThat(parse(GOOD + tls.formatted("")).servesAnybody()).isFalse();
        assertThat(parse(open + tls.formatted(", allowAnybody: true")).servesAnybody())
                .isTrue();
        assertThat(parse(open + tls.formatted("").replace("false", "true")).servesAnybody())
                .isFalse();
    }

    @Test
    void badTlsFilesAreNamedByTheLineOfTheirSetting() throws Exception {
        TestCertificates.make(directory, "n1", "EC");
        assertProblem(GOOD + "tls:\n  certificate: n1.crt\n  key: n2.key\n  ca: n1.crt\n", 6, "n2.key cannot be read");
        assertProblem(GOOD + "tls:\n  certificate: n1.crt\n  ca: n1.crt\n", 5, "'tls.key' is missing");
        assertProblem(
                GOOD + "tls:\n  certificate: n1.crt\n  key: n1.key\n  ca: n1.crt\n  mutual: perhaps\n",
                8,
                "neither true nor false");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node: n1\\nnode: n2      | 2 | 'node' is here a second time, first on line 1",
                "node: n1\\n\\tlisten: x  | 2 | not valid YAML",
                "node: 'n1                | 2 | while scanning a quoted scalar from line 1",
                "node: &a n1\\nlisten: *a | 2 | aliases are not supported",
                "node: n1\\n---\\nnode: n2 | 3 | a second document begins here",
                "- node                   | 1 | expected lines of the form",
                "''                       | 0 | is empty",
            })
    void whatIsNoMappingIsRefused(String text, int line, String message) {
        assertProblem(text.replace("\\n", "\n").replace("\\t", "\t") + "\n", line, message);
    }

    @Test
    void filesThatCannotBeReadAreNamed() throws Exception {
        Path nowhere = directory.resolve("nowhere.yaml");
        assertThatThrownBy(() -> ConfigFile.read(nowhere)).hasMessage(nowhere + ": there is no such file");
        Path binary = Files.write(directory.resolve("b.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> ConfigFile.read(binary)).hasMessageContaining("is not UTF-8 text");
        assertThatThrownBy(() -> ConfigFile.read(directory)).hasMessageContaining("cannot be read");
    }
}
