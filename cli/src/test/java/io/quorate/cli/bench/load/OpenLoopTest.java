package io.quorate.cli.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MILLI = Duration.ofMillis(1).toNanos();

    private final VirtualClock clock = new VirtualClock();
    private final LoadRecorder recorder = new LoadRecorder(0);

    private static Workload open(int clients, int outstanding, double rate) {
        return new Workload(OperationKind.APPEND, LoadMode.OPEN, clients, outstanding, 1, 8, 1, rate);
    }

    @Test
    void arrivalsComeAtTheRateWhateverTheAnswersDo() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(25));
        OpenLoop loop = new OpenLoop(open(1, 1000, 1000), system, recorder, clock);

        loop.start();
        clock.sleepUntil(SECOND - 1);

        assertThat(system.begun()).isEqualTo(1000);
        assertThat(system.maxOpen()).isEqualTo(25);
        assertThat(loop.backlog()).isZero();
        Histogram latencies = recorder.take(clock.nanoTime()).latencies();
        assertThat(latencies.getTotalCount()).isEqualTo(975);
        assertThat(latencies.valuesAreEquivalent(latencies.getMaxValue(), 25 * MILLI))
                .isTrue();
    }

    @Test
    void arrivalsAreSpreadOverTheClientsInTurn() {
        List<String> begun = new ArrayList<>();
        LoadOperation operation = (client, sequence) -> {
            begun.add(client + ":" + sequence);
            return CompletableFuture.completedFuture(null);
        };
        OpenLoop loop = new OpenLoop(open(3, 1, 1000), operation, recorder, clock);

        loop.start();
        clock.sleepUntil(6 * MILLI);

        assertThat(begun).containsExactly("0:0", "1:0", "2:0", "0:1", "1:1", "2:1", "0:2");
    }

    @Test
    void arrivalsBeyondTheBoundWaitAndAreCountedAndNoneIsDropped() {
        SimulatedSystem system =
                new SimulatedSystem(clock, Duration.ofMillis(1)).stallAt(Duration.ZERO, Duration.ofMillis(500));
        OpenLoop loop = new OpenLoop(open(10, 1, 1000), system, recorder, clock);

        loop.start();
        clock.sleepUntil(499 * MILLI);

        assertThat(system.maxOpen()).isEqualTo(10);
        assertThat(loop.backlog()).isEqualTo(490);
        assertThat(loop.unfinished()).isEqualTo(500);
        clock.sleepUntil(2 * SECOND - 1);
        loop.stop();
        clock.sleepUntil(3 * SECOND);
        assertThat(loop.unfinished()).isZero();
        assertThat(system.begun()).isEqualTo(2000);
        assertThat(recorder.take(clock.nanoTime()).latencies().getTotalCount()).isEqualTo(2000);
    }

    /** No coordinated omission: each arrival of the stall waits for its end, so the waits are spread evenly from 0 to its length. */
    @Property(tries = 100)
    void stallShowsInTheLatencyOfEveryArrivalThatCameDuringIt(
            @ForAll @IntRange(min = 50, max = 2000) int stallMillis,
            @ForAll @IntRange(min = 1, max = 64) int maxInFlight,
            @ForAll @IntRange(min = 100, max = 5000) int rate) {
        VirtualClock time = new VirtualClock();
        LoadRecorder seen = new LoadRecorder(0);
        // The service is fast enough to work off any backlog at once, so that only the stall makes latency.
        SimulatedSystem system = new SimulatedSystem(time, Duration.ofNanos(1))
                .stallAt(Duration.ofSeconds(1), Duration.ofMillis(stallMillis));
        OpenLoop loop = new OpenLoop(open(maxInFlight, 1, rate), system, seen, time);
        loop.start();
        time.sleepUntil(10 * SECOND - 1);
        loop.stop();
        time.sleepUntil(11 * SECOND);

        Histogram latencies = seen.take(time.nanoTime()).latencies();
        // the arrival at the very end may be rounded to just before it
        assertThat(latencies.getTotalCount()).isBetween(10L * rate, 10L * rate + 1);
        for (int quarter = 0; quarter <= 3; quarter++) {
            long threshold = stallMillis * MILLI * quarter / 4 + MILLI;
            double expected = rate * Math.max(0, stallMillis * MILLI - threshold) / 1e9;
            long slower = latencies.getTotalCount() - latencies.getCountBetweenValues(0, threshold);
            assertThat((double) slower)
                    .as("arrivals that waited more than %d ns", threshold)
                    .isBetween(expected * 0.99 - 3, expected * 1.01 + 3);
        }
        assertThat(latencies.getMaxValue())
                .isBetween(stallMillis * MILLI - SECOND / rate - MILLI, (long) (stallMillis * MILLI * 1.002) + MILLI);
    }

    @Test
    void closedLoopHidesTheSameStallBehindOneOperation() {
        SimulatedSystem system =
                new SimulatedSystem(clock, Duration.ofMillis(1)).stallAt(Duration.ofSeconds(1), Duration.ofSeconds(1));
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(1, 1, 8), system, recorder, clock);

        loop.start();
        clock.sleepUntil(10 * SECOND);

        Histogram latencies = recorder.take(clock.nanoTime()).latencies();
        assertThat(latencies.getTotalCount() - latencies.getCountBetweenValues(0, 2 * MILLI))
                .isEqualTo(1);
    }

    @Test
    void highRatesBeginSeveralArrivalsInOneGoEachWithItsOwnDueTime() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofNanos(1));
        OpenLoop loop = new OpenLoop(open(1000, 1, 1_000_000), system, recorder, clock);

        loop.start();
        clock.sleepUntil(SECOND / 10 - 1);
        loop.stop();
        clock.sleepUntil(SECOND);

        Histogram latencies = recorder.take(clock.nanoTime()).latencies();
        assertThat(latencies.getTotalCount()).isEqualTo(100_000);
        assertThat(latencies.getMaxValue()).isLessThan(51_000);
        assertThat(latencies.getMean()).isBetween(20_000.0, 30_000.0);
    }

    @Test
    void abandoningGivesUpTheBacklogToo() {
        SimulatedSystem system =
                new SimulatedSystem(clock, Duration.ofMillis(1)).stallAt(Duration.ZERO, Duration.ofSeconds(100));
        OpenLoop loop = new OpenLoop(open(4, 1, 100), system, recorder, clock);
        loop.start();
        clock.sleepUntil(SECOND - 1);
        loop.stop();

        assertThat(loop.abandon()).isEqualTo(100);
        clock.sleepUntil(200 * SECOND);

        assertThat(system.begun()).isEqualTo(4);
        assertThat(recorder.take(clock.nanoTime()).latencies().getTotalCount()).isZero();
    }
}
