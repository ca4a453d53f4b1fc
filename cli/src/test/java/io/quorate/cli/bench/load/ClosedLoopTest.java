package io.quorate.cli.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final VirtualClock clock = new VirtualClock();
    private final LoadRecorder recorder = new LoadRecorder(0);

    @Test
    void oneClientBeginsTheNextOperationWhenTheLastWasAnswered() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10));
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(1, 1, 8), system, recorder, clock);

        loop.start();
        clock.sleepUntil(SECOND);

        Interval interval = recorder.take(clock.nanoTime());
        assertThat(interval.latencies().getTotalCount()).isEqualTo(100);
        assertThat(interval.requestsPerSecond()).isEqualTo(100);
        assertThat(interval.latencies().valuesAreEquivalent(interval.latencies().getMaxValue(), 10_000_000))
                .isTrue();
        assertThat(system.maxOpen()).isEqualTo(1);
        assertThat(loop.unfinished()).isEqualTo(1);
    }

    @Test
    void outstandingOperationsOfAllClientsAreOpenAtOnce() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10));
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(4, 8, 8), system, recorder, clock);

        loop.start();
        clock.sleepUntil(SECOND);

        assertThat(system.maxOpen()).isEqualTo(32);
        assertThat(recorder.take(clock.nanoTime()).requestsPerSecond()).isEqualTo(3200);
    }

    @Test
    void everyOperationOfAClientHasASequenceOfItsOwnWithoutGaps() {
        List<CompletableFuture<Void>> open = new ArrayList<>();
        List<List<Long>> sequences = List.of(new ArrayList<>(), new ArrayList<>());
        LoadOperation operation = (client, sequence) -> {
            sequences.get(client).add(sequence);
            CompletableFuture<Void> answer = new CompletableFuture<>();
            open.add(answer);
            return answer;
        };
        new ClosedLoop(Workload.closedAppends(2, 3, 8), operation, recorder, clock).start();

        for (int round = 0; round < 5; round++) {
            List.copyOf(open.subList(open.size() - 6, open.size())).forEach(answer -> answer.complete(null));
        }

        Set<Long> expected = new HashSet<>();
        for (long i = 0; i < 18; i++) {
            expected.add(i);
        }
        assertThat(sequences.get(0)).doesNotHaveDuplicates().hasSameElementsAs(expected);
        assertThat(sequences.get(1)).doesNotHaveDuplicates().hasSameElementsAs(expected);
    }

    @Test
    void targetThatAnswersAtOnceDoesNotGrowTheStack() {
        long[] left = {1_000_000};
        ClosedLoop[] loop = new ClosedLoop[1];
        LoadOperation operation = (client, sequence) -> {
            if (--left[0] == 0) {
                loop[0].stop();
            }
            return CompletableFuture.completedFuture(null);
        };
        loop[0] = new ClosedLoop(Workload.closedAppends(1, 1, 8), operation, recorder, clock);

        loop[0].start();

        assertThat(recorder.take(1).latencies().getTotalCount()).isEqualTo(1_000_000);
        assertThat(loop[0].unfinished()).isZero();
    }

    @Test
    void afterStopNothingBeginsAndWhatIsOpenIsStillRecorded() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10));
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(5, 1, 8), system, recorder, clock);
        loop.start();
        clock.sleepUntil(Duration.ofMillis(15).toNanos());

        loop.stop();
        assertThat(loop.unfinished()).isEqualTo(5);
        clock.sleepUntil(SECOND);

        assertThat(loop.unfinished()).isZero();
        assertThat(system.begun()).isEqualTo(10);
        assertThat(recorder.take(clock.nanoTime()).latencies().getTotalCount()).isEqualTo(10);
    }

    @Test
    void failuresAreCountedByKindAndTheClientPausesAfterOne() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10)).failEvery(2);
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(1, 1, 8), system, recorder, clock);

        loop.start();
        clock.sleepUntil(Duration.ofMillis(300).toNanos());

        // A success takes 10 ms, a failure 10 ms and the pause of 10 ms.
        Interval interval = recorder.take(clock.nanoTime());
        assertThat(interval.latencies().getTotalCount()).isEqualTo(10);
        assertThat(interval.errors()).containsExactly(new ErrorCount("TimeoutException", 10, "no answer in time"));
    }

    @Test
    void targetThatThrowsCountsAsFailed() {
        LoadOperation operation = (client, sequence) -> {
            throw new IllegalStateException("queue full");
        };
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(1, 1, 8), operation, recorder, clock);

        loop.start();
        clock.sleepUntil(Duration.ofMillis(25).toNanos());

        assertThat(recorder.take(clock.nanoTime()).errors())
                .containsExactly(new ErrorCount("IllegalStateException", 3, "queue full"));
    }

    @Test
    void abandonedOperationsAreCountedAndTheirLateAnswersAreNot() {
        SimulatedSystem system = new SimulatedSystem(clock, Duration.ofMillis(10));
        ClosedLoop loop = new ClosedLoop(Workload.closedAppends(3, 1, 8), system, recorder, clock);
        loop.start();
        loop.stop();

        assertThat(loop.abandon()).isEqualTo(3);
        clock.sleepUntil(SECOND);

        assertThat(recorder.take(clock.nanoTime()).latencies().getTotalCount()).isZero();
    }
}
