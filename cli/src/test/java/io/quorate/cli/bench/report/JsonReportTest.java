package io.quorate.cli.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.ResultSamples;
import io.quorate.cli.bench.measure.Role;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonReportTest {
    private static JsonNode json(Comparison comparison) throws Exception {
        String text = JsonReport.of(comparison, ReportSamples.HEADER).toString();
        assertThat(text).doesNotContain("\n");
        return JsonMapper.builder().build().readTree(text);
    }

    @Test
    void topLevelHoldsTheMediansOfTheSubjectAndTheRatios() throws Exception {
        JsonNode json = json(ReportSamples.COMPARISON);

        assertThat(json.get("system").asText()).isEqualTo("quorate");
        assertThat(json.get("appendsPerSecond").asDouble()).isEqualTo(41_000);
        assertThat(json.get("readsPerSecond").asDouble()).isZero();
        assertThat(json.get("p50Millis").asDouble()).isCloseTo(1.0, within(0.01));
        assertThat(json.get("p99Millis").asDouble()).isCloseTo(1.49, within(0.01));
        assertThat(json.get("p999Millis").asDouble()).isCloseTo(1.5, within(0.01));
        assertThat(json.get("maxMillis").asDouble()).isEqualTo(22);
        assertThat(json.get("errors").isIntegralNumber()).isTrue();
        assertThat(json.get("errors").asLong()).isEqualTo(2);
        assertThat(json.get("clients").asInt()).isEqualTo(4);
        assertThat(json.get("outstanding").asInt()).isEqualTo(2);
        assertThat(json.get("valueBytes").asInt()).isEqualTo(256);
        assertThat(json.get("mode").asText()).isEqualTo("closed");
        assertThat(json.get("operation").asText()).isEqualTo("append");
        assertThat(json.at("/settings/shards").asText()).isEqualTo("4");
        assertThat(json.at("/systems/1/settings").size()).isZero();
        assertThat(json.get("steady").isBoolean()).isTrue();
        assertThat(json.get("warmupSeconds").asDouble()).isEqualTo(5);
        assertThat(json.get("ratioToBaseline").asDouble()).isCloseTo(13.6667, within(1e-9));
        assertThat(json.get("ratioToTuned").asDouble()).isCloseTo(5.125, within(1e-9));
    }

    @Test
    void cpuSplitAndSeriesAreThere() throws Exception {
        JsonNode json = json(ReportSamples.COMPARISON);

        assertThat(json.at("/cpu/processes").size()).isEqualTo(3);
        assertThat(json.at("/cpu/processes/0/name").asText()).isEqualTo("s1");
        assertThat(json.at("/cpu/processes/0/cores").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/cpu/processes/0/share").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/cpu/totalCores").asDouble()).isEqualTo(1.0);
        assertThat(json.at("/cpu/otherCores").asDouble()).isEqualTo(0.4);
        assertThat(json.get("series").size()).isEqualTo(4);
        for (String field :
                List.of("endSeconds", "appendsPerSecond", "p50Millis", "p99Millis", "maxMillis", "errors")) {
            assertThat(json.at("/series/0/" + field).isNumber()).as(field).isTrue();
        }
    }

    @Test
    void everyRunStandsInOrderWithTheSameFigures() throws Exception {
        JsonNode json = json(ReportSamples.COMPARISON);

        List<String> order = new ArrayList<>();
        for (JsonNode run : json.get("runs")) {
            order.add(run.get("system").asText() + run.get("round").asInt());
            assertThat(run.get("errorsByKind")
                            .get("TimeoutException")
                            .get("count")
                            .asLong())
                    .isEqualTo(1);
            assertThat(run.get("percentiles").size()).isGreaterThan(10);
            for (String field :
                    List.of("appendsPerSecond", "p50Millis", "p99Millis", "maxMillis", "errors", "clients")) {
                assertThat(run.get(field).isNumber()).as(field).isTrue();
            }
        }
        assertThat(order)
                .containsExactly(
                        "quorate1", "ratis-defaults1", "ratis-tuned1", "quorate2", "ratis-defaults2", "ratis-tuned2");
        assertThat(json.get("systems").size()).isEqualTo(3);
    }

    @Test
    void withoutABaselineThereAreNoRatios() throws Exception {
        JsonNode json = json(Comparison.of(List.of(ResultSamples.run(Role.SUBJECT, "quorate", 1, 1000))));

        assertThat(json.has("ratioToBaseline")).isFalse();
        assertThat(json.has("ratioToTuned")).isFalse();
        assertThat(json.get("appendsPerSecond").asDouble()).isEqualTo(1000);
    }
}
