package io.quorate.cli.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quorate.cli.bench.load.ClosedLoop;
import io.quorate.cli.bench.load.ErrorCount;
import io.quorate.cli.bench.load.LoadMode;
import io.quorate.cli.bench.load.LoadOperation;
import io.quorate.cli.bench.load.OpenLoop;
import io.quorate.cli.bench.load.OperationKind;
import io.quorate.cli.bench.load.SimulatedSystem;
import io.quorate.cli.bench.load.VirtualClock;
import io.quorate.cli.bench.load.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static final MeasurementPlan PLAN = new MeasurementPlan(
            Duration.ofSeconds(1),
            new SteadyRule(3, 1, 0.10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5));

    private final VirtualClock clock = new VirtualClock();
    private final List<String> events = new ArrayList<>();
    private final MeasurementObserver observer = new MeasurementObserver() {
        @Override
        public void interval(IntervalStats stats, boolean warmup) {
            events.add((warmup ? "warm-up " : "measured ") + stats.endSeconds());
        }

        @Override
        public void measuredTimeBegins(boolean steady, double spread, double warmupSeconds) {
            events.add("begin steady=" + steady + " after " + warmupSeconds);
        }

        @Override
        public void measuredTimeEnds() {
            events.add("end");
        }
    };

    private MeasuredRun closed(LoadOperation system) throws InterruptedException {
        Workload workload = Workload.closedAppends(1, 1, 8);
        return new Measurement(PLAN, clock, r -> new ClosedLoop(workload, system, r, clock), observer).run();
    }

    @Test
    void steadySystemIsMeasuredAfterTheShortestWarmUpThatShowsIt() throws Exception {
        MeasuredRun run = closed(new SimulatedSystem(clock, Duration.ofMillis(10)));

        assertThat(run.steady()).isTrue();
        assertThat(run.warmupSeconds()).isEqualTo(3.0);
        assertThat(run.measuredSeconds()).isEqualTo(4.0);
        assertThat(run.requestsPerSecond()).isEqualTo(100.0);
        assertThat(run.latency().p50Millis()).isCloseTo(10.0, within(0.01));
        assertThat(run.latency().maxMillis()).isCloseTo(10.0, within(0.01));
        assertThat(run.errorCount()).isZero();
        assertThat(run.warmupSeries()).extracting(IntervalStats::endSeconds).containsExactly(-2.0, -1.0, 0.0);
        assertThat(run.series()).extracting(IntervalStats::endSeconds).containsExactly(1.0, 2.0, 3.0, 4.0);
        assertThat(run.series()).allSatisfy(s -> {
            assertThat(s.requestsPerSecond()).isEqualTo(100.0);
            assertThat(s.p99Millis()).isCloseTo(10.0, within(0.01));
        });
        assertThat(events)
                .containsExactly(
                        "warm-up 1.0",
                        "warm-up 2.0",
                        "warm-up 3.0",
                        "begin steady=true after 3.0",
                        "measured 1.0",
                        "measured 2.0",
                        "measured 3.0",
                        "measured 4.0",
                        "end");
    }

    @Test
    void systemThatKeepsGettingFasterIsMeasuredAfterTheLongestWarmUpAndCalledNotSteady() throws Exception {
        LoadOperation system = (client, sequence) -> {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            // 100 ms at first, halved every two seconds.
            double millis = 100 / Math.pow(2, clock.nanoTime() / 2e9);
            clock.schedule(clock.nanoTime() + (long) (millis * 1e6), () -> answer.complete(null));
            return answer;
        };

        MeasuredRun run = closed(system);

        assertThat(run.steady()).isFalse();
        assertThat(run.warmupSeconds()).isEqualTo(10.0);
        assertThat(run.spread()).isGreaterThan(0.10);
        assertThat(run.series()).hasSize(4);
        assertThat(events).contains("begin steady=false after 10.0");
    }

    @Test
    void stallAtTheEndIsMeasuredThoughItIsAnsweredOnlyInTheDrain() throws Exception {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10))
                .stallAt(Duration.ofMillis(6500), Duration.ofSeconds(2));

        MeasuredRun run = closed(system);

        assertThat(run.latency().maxMillis()).isCloseTo(2010, within(11.0));
        assertThat(run.requestsPerSecond()).isCloseTo(350 / 4.0, within(0.5));
        assertThat(run.errorCount()).isZero();
    }

    @Test
    void operationsThatAreNotAnsweredInTheDrainAreErrors() throws Exception {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10))
                .stallAt(Duration.ofMillis(6500), Duration.ofSeconds(200));
        Workload workload = new Workload(OperationKind.APPEND, LoadMode.OPEN, 10, 1, 1, 8, 1, 100);

        MeasuredRun run = new Measurement(PLAN, clock, r -> new OpenLoop(workload, system, r, clock), observer).run();

        // Half a second of the stall lies in the measured time; the one that was open when it began is one more.
        assertThat(run.errors()).singleElement().satisfies(e -> {
            assertThat(e.kind()).isEqualTo(ErrorCount.UNANSWERED);
            assertThat(e.count()).isBetween(50L, 52L);
        });
        assertThat(run.maxBacklog()).isBetween(40L, 42L);
        assertThat(run.series().get(3).backlog()).isEqualTo(run.maxBacklog());
        assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(12).toNanos());
    }

    @Test
    void errorsOfTheWarmUpAreNotThoseOfTheRun() throws Exception {
        LoadOperation system = (client, sequence) -> {
            boolean fails = clock.nanoTime() < 1_500_000_000L;
            CompletableFuture<Void> answer = new CompletableFuture<>();
            clock.schedule(clock.nanoTime() + 10_000_000L, () -> {
                if (fails) {
                    answer.completeExceptionally(new IllegalStateException("no leader"));
                } else {
                    answer.complete(null);
                }
            });
            return answer;
        };

        MeasuredRun run = closed(system);

        assertThat(run.errors()).isEmpty();
        assertThat(run.warmupSeries().get(0).errors()).isEqualTo(50);
        assertThat(run.series()).allSatisfy(s -> assertThat(s.errors()).isZero());
    }
}
