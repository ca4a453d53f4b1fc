package io.quorate.statemachine.client;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waiting on a machine that may be busy with other things for a while. */
final class Patience {
    private Patience() {}

    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(50));
    }
}
