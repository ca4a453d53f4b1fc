package io.quorate.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorate.cli.bench.load.LoadMode;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.Contender;
import io.quorate.cli.bench.measure.MeasurementPlan;
import io.quorate.cli.bench.measure.Role;
import io.quorate.cli.bench.measure.SteadyRule;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {
    private static final Workload WORKLOAD = new Workload(OperationKind.APPEND, LoadMode.CLOSED, 3, 1, 2, 256, 1, 0);
    private static final MeasurementPlan SHORT = new MeasurementPlan(
            Duration.ofMillis(100),
            new SteadyRule(2, 1, 10),
            Duration.ZERO,
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            Duration.ofSeconds(60));

    @TempDir
    Path temp;

    private final InMemorySystem system = new InMemorySystem();

    private BenchOptions options(SystemUnderTest subject, Optional<Workload> baseline, Path json) {
        return new BenchOptions(
                subject,
                WORKLOAD,
                baseline,
                2,
                SHORT,
                temp,
                false,
                List.of("-Xmx1g"),
                Optional.of(json),
                Optional.of(temp.resolve("out.html")));
    }

    @Test
    void everyRoundStartsConnectsAndStopsTheSystemAndTheReportsAreWritten() throws Exception {
        List<String> progress = new ArrayList<>();
        Path json = Files.writeString(
                temp.resolve("out.json"), "an older report that is longer than the new one? no matter");

        Benchmark.Outcome outcome = new Benchmark(options(system, Optional.empty(), json), progress::add).run();

        assertThat(system.events)
                .containsExactly(
                        "start in bench-in-memory-1 [-Xmx1g]",
                        "connect 0",
                        "connect 1",
                        "close 0",
                        "close 1",
                        "stop",
                        "start in bench-in-memory-2 [-Xmx1g]",
                        "connect 0",
                        "connect 1",
                        "close 0",
                        "close 1",
                        "stop");
        JsonNode report = JsonMapper.builder().build().readTree(json.toFile());
        assertThat(report.get("appendsPerSecond").asDouble()).isPositive();
        assertThat(report.get("errors").asLong()).isZero();
        assertThat(report.get("runs").size()).isEqualTo(2);
        assertThat(temp.resolve("out.html")).content().contains("</html>");
        assertThat(outcome.text()).contains("in-memory median");
        assertThat(outcome.comparison().subject().errorCount()).isZero();
        assertThat(progress).anyMatch(l -> l.startsWith("[1/2] in-memory 1: starting"));
        assertThat(progress).anyMatch(l -> l.startsWith("[2/2] in-memory 2: steady after"));
    }

    @Test
    void reportThatCannotBeWrittenIsRefusedBeforeAnythingRuns() {
        Path nowhere = temp.resolve("missing").resolve("out.json");

        assertThatIOException()
                .isThrownBy(() -> new Benchmark(options(system, Optional.empty(), nowhere), line -> {}).run())
                .withMessageContaining(nowhere.toString());
        assertThat(system.events).isEmpty();
    }

    @Test
    void baselineIsBareRatisTwiceAfterTheSubjectWithItsOwnShapeOfTheLoad() {
        Workload packed = Workload.closedAppends(2, 1, 256).packed(128);

        List<Contender> contenders =
                options(system, Optional.of(packed), temp.resolve("out.json")).contenders();

        assertThat(contenders)
                .extracting(c ->
                        c.role() + " " + c.system().name() + " " + c.workload().entriesPerRequest())
                .containsExactly("SUBJECT in-memory 1", "BASELINE ratis-defaults 128", "TUNED ratis-tuned 128");
    }

    @Test
    void bareRatisAsTheSubjectIsNotItsOwnBaseline() {
        List<Contender> contenders = options(BenchSystems.tuned(), Optional.of(WORKLOAD), temp.resolve("out.json"))
                .contenders();

        assertThat(contenders).extracting(Contender::role).containsExactly(Role.TUNED, Role.BASELINE);
    }

    @Test
    void unknownSystemsAndUnlikeComparisonsAreRefused() {
        Workload reads = new Workload(OperationKind.READ, LoadMode.CLOSED, 1, 1, 1, 256, 1, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(system, Optional.of(reads), temp.resolve("out.json")))
                .withMessageContaining("read");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BenchSystems.named("etcd"))
                .withMessageContaining("no system etcd, only [")
                .withMessageContaining("ratis-tuned");
    }
}
