package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks as commands, with the processes that they start; as short as they get, so that figures mean nothing. */
class BenchRunTest {
    private static final List<String> SHORT =
            List.of("--duration", "1s", "--warmup-min", "0s", "--warmup-max", "1s", "--heap", "256m");

    @TempDir
    private Path directory;

    private CommandRun run(List<String> options, String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(options);
        args.addAll(List.of("--dir", directory.toString()));
        CommandRun run = CommandRun.of(args.toArray(String[]::new));
        assertThat(run.status()).as(run.toString()).isZero();
        return run;
    }

    private static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }

    private void assertThatNothingIsLeftBut(String... files) throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(files);
        }
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .as("child processes")
                .isEmpty();
    }

    @Test
    void appendsAreMeasuredAgainstBareRatisAndReported() throws Exception {
        Path file = directory.resolve("bench.json");
        Path page = directory.resolve("bench.html");
        CommandRun run = run(
                SHORT,
                "bench",
                "append",
                "--clients",
                "4",
                "--baseline",
                "--rounds",
                "1",
                "--json",
                file.toString(),
                "--html",
                page.toString());
        JsonNode report = json(Files.readString(file));
        for (String positive :
                List.of("appendsPerSecond", "p50Millis", "p99Millis", "maxMillis", "ratioToBaseline", "ratioToTuned")) {
            assertThat(report.path(positive).isNumber()).as(positive).isTrue();
            assertThat(report.path(positive).asDouble()).as(positive).isPositive();
        }
        assertThat(report.path("system").asText()).isEqualTo("quorate");
        assertThat(report.path("errors").asLong(-1))
                .as("%s", report.path("errorsByKind"))
                .isZero();
        assertThat(report.path("clients").asInt()).isEqualTo(4);
        assertThat(report.path("valueBytes").asInt()).isEqualTo(256);
        assertThat(report.path("mode").asText()).isEqualTo("closed");
        assertThat(report.path("runs").findValuesAsText("system"))
                .containsExactlyInAnyOrder("quorate", "ratis-defaults", "ratis-tuned");
        assertThat(report.path("cpu").path("processes").findValuesAsText("name"))
                .contains("n1", "n2", "n3");
        assertThat(report.path("runs").get(0).path("leader").asText()).isIn("n1", "n2", "n3");
        assertThat(run.out()).contains("quorate 1", "the throughput of bare Ratis tuned");
        assertThat(page).content().contains("</html>", "quorate").doesNotContain("src=\"http");
        assertThatNothingIsLeftBut("bench.json", "bench.html");
    }

    @Test
    void readsOfFollowersAndLoadOverSeveralShardsAreMeasured() throws Exception {
        CommandRun run = run(
                SHORT,
                "bench",
                "read",
                "--json",
                "--clients",
                "4",
                "--connections",
                "2",
                "--shards",
                "3",
                "--preset",
                "many-shards",
                "--read-from",
                "secondary",
                "--consistency",
                "bounded=5s");
        JsonNode report = json(run.out());
        assertThat(report.path("readsPerSecond").asDouble()).isPositive();
        assertThat(report.path("appendsPerSecond").asDouble()).isZero();
        assertThat(report.path("errors").asLong(-1))
                .as("%s", report.path("errorsByKind"))
                .isZero();
        JsonNode settings = report.path("settings");
        assertThat(settings.path("shards").asText()).isEqualTo("3");
        assertThat(settings.path("preset").asText()).isEqualTo("many-shards");
        assertThat(settings.path("readFrom").asText()).isEqualTo("secondary");
        assertThat(settings.path("consistency").asText()).isEqualTo("bounded=5s");
        assertThat(report.path("description").asText()).contains("shards 3", "readFrom secondary");
        assertThatNothingIsLeftBut();
    }

    @Test
    void aLeaderThatIsKilledAndOneThatHandsOverShowAGap() throws Exception {
        for (String disturbance : List.of("kill", "transfer")) {
            CommandRun run = run(
                    List.of("--warmup", "0s", "--calm", "0s", "--heap", "256m"),
                    "bench",
                    "failover",
                    "--disturbance",
                    disturbance,
                    "--rounds",
                    "1",
                    "--json");
            JsonNode report = json(run.out());
            assertThat(report.path("gapsMillis")).hasSize(1);
            assertThat(report.path("p50Millis").asDouble())
                    .isPositive()
                    .isEqualTo(report.path("gapsMillis").get(0).asDouble())
                    .isEqualTo(report.path("maxMillis").asDouble());
            assertThat(report.path("acknowledged").asLong()).isPositive();
        }
        assertThatNothingIsLeftBut();
    }
}
