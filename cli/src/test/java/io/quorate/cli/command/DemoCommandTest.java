package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorate.cli.node.ConfigFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration itself, with its real processes and a small input. A busy machine may take longer than a minute. */
class DemoCommandTest {
    private static final String PATIENCE = "5m";

    @TempDir
    private Path directory;

    private Path input(int lines) throws IOException {
        return Files.write(
                directory.resolve("input.txt"),
                IntStream.range(0, lines)
                        .mapToObj(i -> "line " + i + " of the input")
                        .toList());
    }

    private static Set<Long> children() {
        Set<Long> children = new HashSet<>();
        ProcessHandle.current().children().filter(ProcessHandle::isAlive).forEach(child -> children.add(child.pid()));
        return children;
    }

    @Test
    void everythingIsEqualAndNothingIsLeftBehind() throws Exception {
        Set<Long> before = children();
        Path place = directory.resolve("demo");
        CommandRun run = CommandRun.of(
                "demo", "--json", "--timeout", PATIENCE, "--input", input(3_000).toString(), "--directory", "" + place);
        assertThat(run.status()).as(run.toString()).isZero();
        JsonNode report = new JsonMapper().readTree(run.out());
        assertThat(report.path("sent").asInt()).isEqualTo(3_000);
        assertThat(report.path("acknowledged").asInt()).isEqualTo(3_000);
        assertThat(report.path("found").asInt()).isEqualTo(3_000);
        assertThat(report.path("longestGapMillis").asLong())
                .as("a leader was lost")
                .isPositive();
        assertThat(report.path("equal").asBoolean()).isTrue();

        String killed = report.path("killed").asText();
        assertThat(killed).isIn("n1", "n2", "n3");
        assertThat(report.path("added").asText()).isEqualTo("n4");
        List<String> voters = new ArrayList<>();
        Set<String> digests = new HashSet<>();
        Set<Long> positions = new HashSet<>();
        for (JsonNode voter : report.path("voters")) {
            voters.add(voter.path("node").asText());
            digests.add(voter.path("digest").asText());
            positions.add(voter.path("lsn").asLong());
            assertThat(voter.path("entries").asInt()).isEqualTo(3_000);
            assertThat(voter.path("found").asInt()).isEqualTo(3_000);
        }
        assertThat(voters)
                .hasSize(3)
                .contains("n4", killed)
                .doesNotContain(report.path("removed").asText());
        assertThat(digests).hasSize(1).allMatch(digest -> digest.matches("[0-9a-f]{64}"));
        assertThat(positions).hasSize(1).allMatch(lsn -> lsn >= 3_000);
        assertThat(place).doesNotExist();
        assertThat(children()).isSubsetOf(before);
    }

    /** Somebody else writes to the shard meanwhile: voters then hold what was never sent. */
    @Test
    void whatIsNotEqualEndsWithANonZeroExit() throws Exception {
        Path place = directory.resolve("demo");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] args = {
            "demo", "--timeout", PATIENCE, "--input", input(8_000).toString(), "--directory", place.toString()
        };
        CompletableFuture<Integer> demo = CompletableFuture.supplyAsync(
                () -> Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                        .execute(args));
        await().atMost(Duration.ofMinutes(5))
                .until(() -> demo.isDone() || err.toString().contains("feeding"));
        assertThat(demo).as("%s %s", out, err).isNotDone();
        List<String> nodes = new ArrayList<>();
        for (int node = 1; node <= 3; node++) {
            nodes.add(ConfigFile.read(place.resolve("n" + node + ".yaml"))
                    .listen()
                    .toString());
        }
        Path foreign = Files.writeString(directory.resolve("foreign"), "not of the input\n");
        CommandRun append = CommandRun.of(
                "log",
                "append",
                "demo",
                "--input",
                "" + foreign,
                "--server",
                String.join(",", nodes),
                "--timeout",
                "60s");
        assertThat(append.status()).as(append.toString()).isZero();

        assertThat(demo.get(5, TimeUnit.MINUTES)).as("%s %s", out, err).isEqualTo(ExitCode.FAILED.status());
        assertThat(out.toString()).contains("NOT EQUAL", "8001 entries");
        assertThat(place).doesNotExist();
    }

    @Test
    void whatTakesTooLongIsBrokenOffAndSaysAtWhat() throws Exception {
        Set<Long> before = children();
        Path place = directory.resolve("demo");
        CommandRun run = CommandRun.of(
                "demo", "--json", "--timeout", "2s", "--input", input(10).toString(), "--directory", "" + place);
        assertThat(run.status()).isEqualTo(ExitCode.FAILED.status());
        assertThat(new JsonMapper()
                        .readTree(run.out())
                        .path("error")
                        .path("message")
                        .asText())
                .contains("not done within 2s", "starting three nodes", "0 of 10 entries", "--timeout");
        assertThat(place).doesNotExist();
        assertThat(children()).isSubsetOf(before);
    }
}
