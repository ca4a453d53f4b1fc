package io.quorate.cli.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Workload WORKLOAD = Workload.closedAppends(4, 2, 256);

    private static Contender contender(Role role, String name) {
        SystemUnderTest system = new SystemUnderTest() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String description() {
                return name;
            }

            @Override
            public RunningSystem start(LaunchSettings settings) {
                throw new AssertionError("not started in this test");
            }
        };
        return new Contender(role, system, WORKLOAD);
    }

    @Test
    void systemsAlternateInEachRound() throws Exception {
        List<String> order = new ArrayList<>();
        List<RunResult> results = Alternation.run(
                List.of(contender(Role.SUBJECT, "ours"), contender(Role.BASELINE, "a"), contender(Role.TUNED, "b")),
                2,
                (contender, round) -> {
                    order.add(contender.system().name() + round);
                    return ResultSamples.run(
                            contender.role(), contender.system().name(), round, 100);
                });

        assertThat(order).containsExactly("ours1", "a1", "b1", "ours2", "a2", "b2");
        assertThat(results).hasSize(6);
        assertThat(Comparison.of(results).runs()).containsExactlyElementsOf(results);
    }

    @Test
    void nothingToRunIsRefused() {
        Alternation.Runner runner = (contender, round) -> ResultSamples.run(contender.role(), "x", round, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> Alternation.run(List.of(), 1, runner));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Alternation.run(List.of(contender(Role.SUBJECT, "x")), 0, runner));
    }

    @Test
    void ratiosAreOfTheMediansWithinOneComparison() {
        Comparison comparison = Comparison.of(List.of(
                ResultSamples.run(Role.SUBJECT, "ours", 1, 900),
                ResultSamples.run(Role.BASELINE, "a", 1, 100),
                ResultSamples.run(Role.TUNED, "b", 1, 390),
                ResultSamples.run(Role.SUBJECT, "ours", 2, 1100),
                ResultSamples.run(Role.BASELINE, "a", 2, 300),
                ResultSamples.run(Role.TUNED, "b", 2, 410)));

        assertThat(comparison.subject().entriesPerSecond()).isEqualTo(1000);
        assertThat(comparison.ratioToBaseline()).hasValue(5.0);
        assertThat(comparison.ratioToTuned()).hasValue(2.5);
        assertThat(comparison.subject().typical().round()).isEqualTo(1);
        assertThat(comparison.subject().maxMillis()).isEqualTo(22.0);
        assertThat(comparison.subject().errorCount()).isEqualTo(2);
    }

    @Test
    void medianOfAnOddNumberIsTheMiddleRun() {
        Comparison comparison = Comparison.of(List.of(
                ResultSamples.run(Role.SUBJECT, "ours", 1, 900),
                ResultSamples.run(Role.SUBJECT, "ours", 2, 100),
                ResultSamples.run(Role.SUBJECT, "ours", 3, 800)));

        assertThat(comparison.subject().entriesPerSecond()).isEqualTo(800);
        assertThat(comparison.subject().typical().round()).isEqualTo(3);
        assertThat(comparison.ratioToBaseline()).isEmpty();
    }

    @Test
    void ratioToASystemThatDidNothingIsNotGiven() {
        Comparison comparison = Comparison.of(
                List.of(ResultSamples.run(Role.SUBJECT, "ours", 1, 900), ResultSamples.run(Role.BASELINE, "a", 1, 0)));

        assertThat(comparison.ratioToBaseline()).isEmpty();
    }

    @Test
    void baselineAloneIsItsOwnSubjectWithoutRatio() {
        Comparison comparison = Comparison.of(List.of(ResultSamples.run(Role.BASELINE, "a", 1, 100)));

        assertThat(comparison.subject().system()).isEqualTo("a");
        assertThat(comparison.ratioToBaseline()).isEmpty();
    }
}
