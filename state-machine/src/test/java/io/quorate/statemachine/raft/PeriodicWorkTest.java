package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeriodicWorkTest {
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void anErrorOrAnExceptionInOneRunDoesNotEndTheWork() throws Exception {
        CountDownLatch runs = new CountDownLatch(3);
        PeriodicWork.start(
                executor,
                "work",
                () -> {
                    runs.countDown();
                    if (runs.getCount() == 2) {
                        throw new OutOfMemoryError("in a test");
                    }
                    throw new IllegalStateException("in a test");
                },
                1,
                TimeUnit.MILLISECONDS);
        assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
