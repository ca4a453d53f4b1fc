package io.quorate.cli.bench.report;

import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.ResultSamples;
import io.quorate.cli.bench.measure.Role;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A comparison that never happened, for tests of reports. */
final class ReportSamples {
    static final ReportHeader HEADER = new ReportHeader(
            Instant.parse("2026-11-22T12:00:00Z"),
            "Linux, 2 cores",
            "data on ext4",
            Map.of("quorate", "Quorate <&> \"others\"", "ratis-defaults", "as it comes"),
            Map.of("quorate", Map.of("shards", "4")));

    static final Comparison COMPARISON = Comparison.of(List.of(
            ResultSamples.run(Role.SUBJECT, "quorate", 1, 40_000),
            ResultSamples.run(Role.BASELINE, "ratis-defaults", 1, 2_500),
            ResultSamples.run(Role.TUNED, "ratis-tuned", 1, 8_000),
            ResultSamples.run(Role.SUBJECT, "quorate", 2, 42_000),
            ResultSamples.run(Role.BASELINE, "ratis-defaults", 2, 3_500),
            ResultSamples.run(Role.TUNED, "ratis-tuned", 2, 8_000)));

    private ReportSamples() {}
}
