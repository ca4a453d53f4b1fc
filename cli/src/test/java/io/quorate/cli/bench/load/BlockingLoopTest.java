package io.quorate.cli.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BlockingLoopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Call(int client, long sequence, CompletableFuture<Void> answer) {}

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final LoadOperation operation = (client, sequence) -> {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        calls.add(new Call(client, sequence, answer));
        return answer;
    };

    private Call next() throws InterruptedException {
        Call call = calls.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(call).isNotNull();
        return call;
    }

    @Test
    void clientWaitsForItsAnswerBeforeItCallsAgainAndEndsAfterStop() throws Exception {
        try (SystemLoadClock clock = new SystemLoadClock()) {
            LoadRecorder recorder = new LoadRecorder(clock.nanoTime());
            BlockingLoop loop = new BlockingLoop(Workload.closedAppends(1, 1, 8), operation, recorder, clock);
            loop.start();

            Call first = next();
            assertThat(calls).isEmpty();
            first.answer().complete(null);
            Call second = next();
            second.answer().completeExceptionally(new IllegalStateException("refused"));
            Call third = next();
            loop.stop();
            assertThat(loop.unfinished()).isEqualTo(1);
            third.answer().complete(null);
            await().atMost(PATIENCE).until(() -> loop.unfinished() == 0);

            assertThat(List.of(first.sequence(), second.sequence(), third.sequence()))
                    .containsExactly(0L, 1L, 2L);
            Interval interval = recorder.take(clock.nanoTime());
            assertThat(interval.latencies().getTotalCount()).isEqualTo(2);
            assertThat(interval.errors()).containsExactly(new ErrorCount("IllegalStateException", 1, "refused"));
            assertThat(calls).isEmpty();
        }
    }
}
