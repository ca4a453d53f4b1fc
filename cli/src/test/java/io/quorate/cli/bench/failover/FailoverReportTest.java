package io.quorate.cli.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverReportTest {
    private static final FailoverReport REPORT =
            new FailoverReport(Disturbance.KILL, List.of(300.0, 100.0, 400.0, 200.0), 12, 3);

    @Test
    void percentilesAreByNearestRank() {
        assertThat(REPORT.p50Millis()).isEqualTo(200);
        assertThat(REPORT.percentileMillis(90)).isEqualTo(400);
        assertThat(REPORT.maxMillis()).isEqualTo(400);
        assertThat(REPORT.text())
                .contains("kill, 4 rounds: gap p50 200 ms", "12 acknowledged, 3 failed", "300 100 400 200");
    }

    @Test
    void itsJsonHasTheFiguresAndEachRound() {
        JsonNode json = new JsonMapper().valueToTree(REPORT);
        assertThat(json.path("p50Millis").asDouble()).isEqualTo(200);
        assertThat(json.path("maxMillis").asDouble()).isEqualTo(400);
        assertThat(json.path("gapsMillis")).hasSize(4);
        assertThat(json.path("acknowledged").asLong()).isEqualTo(12);
        assertThat(json.path("failed").asLong()).isEqualTo(3);
        assertThat(json.path("disturbance").asText()).isEqualToIgnoringCase("kill");
    }

    @Test
    void withoutARoundThereIsNothingToReport() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FailoverReport(Disturbance.STOP, List.of(), 0, 0));
    }
}
