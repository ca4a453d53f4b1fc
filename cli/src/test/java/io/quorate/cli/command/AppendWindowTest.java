package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.RejectReason;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AppendWindowTest {
    private static final Rejected REFUSED = new Rejected(RejectReason.QUEUE_FULL, "full");

    private static CompletableFuture<AppendOutcome> done() {
        return CompletableFuture.completedFuture(REFUSED);
    }

    @Test
    void noMoreIsOutstandingThanTheSmallestQueueTakes() {
        AppendWindow window = new AppendWindow();
        int small = 0;
        while (window.hasRoomFor(1)) {
            window.add(1, done());
            small++;
        }
        assertThat(small).as("of the 4096 of preset many-shards").isEqualTo(2048);

        AppendWindow wide = new AppendWindow();
        int large = 0;
        while (wide.hasRoomFor(500 << 10)) {
            wide.add(500 << 10, done());
            large++;
        }
        assertThat(large).as("in half of its 4 MiB").isEqualTo(4);
    }

    @Test
    void oneOfAnySizeGoesAloneAndRoomComesBackOldestFirst() {
        AppendWindow window = new AppendWindow(2, 1000);
        assertThat(window.hasRoomFor(5000)).isTrue();
        window.add(5000, done());
        assertThat(window.hasRoomFor(0)).isFalse();
        assertThat(window.settleOldest()).isSameAs(REFUSED);
        assertThat(window.isEmpty()).isTrue();
        assertThat(window.hasRoomFor(1)).isTrue();
    }
}
