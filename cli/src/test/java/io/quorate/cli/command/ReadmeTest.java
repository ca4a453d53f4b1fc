package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.cli.node.ConfigFile;
import io.quorate.cli.node.NodeDaemon;
import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells to type is typed here: in a directory and at ports of the test's own, the nodes in this JVM. */
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    /** Nodes of one section. */
    private static final int MOST = 4;

    @TempDir
    private Path directory;

    private final List<Integer> ports = FreePorts.pick(2 * MOST);

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "README.md"));
    }

    /** The blocks of a language below a heading. */
    private static List<String> blocks(String heading, String language) throws IOException {
        String text = readme();
        int begin = text.indexOf("\n" + heading + "\n");
        assertThat(begin).as(heading).isNotNegative();
        int end = text.indexOf("\n#", begin + heading.length() + 2);
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text.substring(begin, end < 0 ? text.length() : end));
        while (block.find()) {
            if (block.group(1).equals(language)) {
                blocks.add(block.group(2));
            }
        }
        return blocks;
    }

    private String here(String text, String place) {
        String result = text.replace(place, directory.toString());
        for (int node = 1; node <= MOST; node++) {
            result = result.replace("127.0.0.1:700" + node, "127.0.0.1:" + ports.get(node - 1))
                    .replace("127.0.0.1:710" + node, "127.0.0.1:" + ports.get(MOST + node - 1));
        }
        return result;
    }

    /** @param first the first node whose file the block writes */
    private void shell(String block, String place, int first, int last) throws Exception {
        String script = here(
                block.lines()
                        .filter(line -> !line.startsWith("./quorate "))
                        .reduce("", (all, line) -> all + line + "\n"),
                place);
        bash(script);
        for (int node = first; node <= last; node++) {
            Path file = directory.resolve("n" + node + ".yaml");
            Files.writeString(file, here(Files.readString(file), place) + "preset: many-shards\nmemory: 32MiB\n");
        }
    }

    private static void bash(String script) throws Exception {
        Process bash = new ProcessBuilder("bash", "-euc", script)
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(output).isZero();
    }

    private NodeDaemon start(int node) throws IOException {
        return NodeDaemon.start(
                ConfigFile.read(directory.resolve("n" + node + ".yaml")),
                ApplicationCatalog.of(List.of(KvApplication::new, LogApplication::new)));
    }

    private List<CommandRun> commands(String block, String place) throws Exception {
        List<CommandRun> runs = new ArrayList<>();
        Map<String, String> exported = new TreeMap<>();
        for (String line : here(block, place).lines().toList()) {
            if (line.startsWith("export ")) {
                String[] variable = line.substring("export ".length()).split("=", 2);
                System.setProperty(variable[0], variable[1]);
                exported.put(variable[0], variable[1]);
            }
            if (line.startsWith("printf ")) {
                bash(line);
            }
            if (line.startsWith("./quorate ")) {
                // a busy machine takes longer than the default
                String[] words = (line.substring("./quorate ".length()) + " --timeout 5m").split(" +");
                if (words[0].equals("status")) { // who was elected takes a moment to get around
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> CommandRun.of(words).status() == 0);
                }
                CommandRun run = CommandRun.of(words);
                assertThat(run.status()).as(line + ": " + run).isZero();
                runs.add(run);
            }
            if (line.startsWith("curl ") && isInstalled("curl")) {
                curl(line, exported);
            }
        }
        return runs;
    }

    /** What a node's pages show while it serves. */
    private static void curl(String line, Map<String, String> exported) throws IOException, InterruptedException {
        String expected = line.endsWith("/ready") ? "\"ready\":true" : "quorate_shard_applied_lsn{shard=\"orders\"";
        // who was elected takes a moment to get around
        String patient = line.replaceFirst("^curl", "curl -s --show-error --fail --retry 60 --retry-delay 1");
        ProcessBuilder bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", patient).redirectErrorStream(true);
        bash.environment().putAll(exported);
        Process process = bash.start();
        String page = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", line, page).isZero();
        assertThat(page).as(line).contains(expected);
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    /** What goes on with the nodes of a section. */
    private interface Sequel {
        void run(List<NodeDaemon> nodes) throws Exception;
    }

    private void followSection(String heading, String place, Sequel sequel) throws Exception {
        List<String> blocks = blocks(heading, "sh");
        shell(blocks.get(0), place, 1, 3);
        List<NodeDaemon> nodes = new ArrayList<>(List.of(start(1), start(2), start(3)));
        try {
            List<CommandRun> runs = new ArrayList<>();
            for (String block : blocks.subList(1, blocks.size())) {
                runs.addAll(commands(block, place));
            }
            assertThat(runs).anyMatch(run -> run.out().equals("3" + System.lineSeparator()));
            sequel.run(nodes);
        } finally {
            for (String variable : List.of("QUORATE_SERVER", "QUORATE_TLS_CA", "QUORATE_TLS_CERT", "QUORATE_TLS_KEY")) {
                System.clearProperty(variable);
            }
            for (NodeDaemon node : nodes) {
                node.close();
            }
        }
    }

    @Test
    void aClusterOfYourOwnIsMadeAsItSays() throws Exception {
        followSection("### A cluster of your own", "/tmp/q", nodes -> {});
    }

    @Test
    void aDeadMachineIsReplacedAsItSays() throws Exception {
        followSection("### A cluster of your own", "/tmp/q", nodes -> {
            nodes.get(2).close();
            List<String> blocks = blocks("### Replacing a dead machine", "sh");
            shell(blocks.get(0), "/tmp/q", 4, 4);
            nodes.add(start(4));
            List<CommandRun> runs = commands(blocks.get(1), "/tmp/q");
            assertThat(runs.get(0).out()).contains("n3 ", "does not answer; member of audit, meta, orders");
            assertThat(runs.get(runs.size() - 1).out())
                    .contains("n1", "n2", "n4")
                    .doesNotContain("n3");
        });
    }

    @Test
    void aClusterWithMutualTlsIsMadeAsItSays() throws Exception {
        assumeTrue(isInstalled("openssl"), "openssl is not installed");
        followSection("### With TLS", "/tmp/qs", nodes -> {});
    }

    @Test
    void theEmbeddedHostIsCompiledAndRunAsItStands() throws Exception {
        String address = "127.0.0.1:" + ports.get(0);
        String program = blocks("## Embed it", "java")
                .get(0)
                .replace("127.0.0.1:7011", address)
                .replace("data/e1", directory.resolve("e1").toString());
        Path source = Files.writeString(directory.resolve("Tally.java"), program);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ByteArrayOutputStream problems = new ByteArrayOutputStream();
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, problems, problems, "-cp", classPath, "-d", directory.toString(), source.toString());
        assertThat(compiled).as(problems.toString(StandardCharsets.UTF_8)).isZero();
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            loader.loadClass("Tally").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("apples: 1");
    }

    /** What is measured anew is written there first. */
    @Test
    void measuredNumbersAreThoseOfTheArchitecture() throws Exception {
        String text = readme();
        String measured = text.substring(text.indexOf("| load | measured |"), text.indexOf("Goals, conditions"));
        String architecture = Files.readString(Path.of("..", "docs", "ARCHITECTURE.md"));
        Matcher number = Pattern.compile("\\d[\\d,.]*\\d(?=[/ ,|])").matcher(measured);
        List<String> numbers = new ArrayList<>();
        while (number.find()) {
            numbers.add(number.group());
        }
        assertThat(numbers).contains("60,083", "305", "0.36").allMatch(architecture::contains);
    }

    @Test
    void theCoordinatesAreThoseOfThePoms() throws Exception {
        assertCoordinates("## Embed it", "state-machine");
        assertCoordinates("### Test your apply function", "tests");
    }

    private static void assertCoordinates(String heading, String module) throws IOException {
        String coordinates = blocks(heading, "xml").get(0);
        String pom = Files.readString(Path.of("..", module, "pom.xml"));
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(pom);
        assertThat(version.find()).isTrue();
        String artifact = "<artifactId>quorate-" + module + "</artifactId>";
        assertThat(coordinates)
                .contains("<groupId>io.quorate</groupId>", artifact)
                .contains("<version>" + version.group(1) + "</version>");
        assertThat(pom).contains(artifact);
    }
}
