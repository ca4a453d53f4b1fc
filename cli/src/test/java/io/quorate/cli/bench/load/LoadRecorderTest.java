package io.quorate.cli.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class LoadRecorderTest {
    private final LoadRecorder recorder = new LoadRecorder(0);

    @Test
    void intervalHoldsWhatWasRecordedSinceTheLastAndNothingElse() {
        recorder.succeeded(0, 1000);
        recorder.succeeded(0, 3000);
        Interval first = recorder.take(2_000_000_000L);
        recorder.succeeded(5000, 7000);
        Interval second = recorder.take(3_000_000_000L);

        assertThat(first.requestsPerSecond()).isEqualTo(1.0);
        assertThat(first.latencies().getMaxValue()).isEqualTo(3001); // Three digits: 3000 and 3001 are one bucket.
        assertThat(second.requestsPerSecond()).isEqualTo(1.0);
        assertThat(second.startNanos()).isEqualTo(first.endNanos());
        assertThat(second.latencies().getTotalCount()).isEqualTo(1);
    }

    @Test
    void errorsAreCountedByTheExceptionBehindTheWrappersWithTheFirstMessage() {
        recorder.failed(new CompletionException(new ExecutionException(new IllegalStateException("first"))));
        recorder.failed(new IllegalStateException("second"));
        recorder.failed(new CompletionException("bare", null));
        recorder.unanswered(7);
        recorder.unanswered(0);

        assertThat(recorder.take(1).errors())
                .containsExactly(
                        new ErrorCount("CompletionException", 1, "bare"),
                        new ErrorCount("IllegalStateException", 2, "first"),
                        new ErrorCount("Unanswered", 7, "no answer when the run ended"));
        assertThat(recorder.take(2).errors()).isEmpty();
    }

    @Test
    void latencyAboveAnHourCountsAsAnHour() {
        recorder.succeeded(0, Long.MAX_VALUE);

        assertThat(recorder.take(1).latencies().getMaxValue()).isBetween(3_600_000_000_000L, 3_604_000_000_000L);
    }
}
