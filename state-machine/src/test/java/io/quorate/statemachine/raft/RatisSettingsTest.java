package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

class RatisSettingsTest {
    private static final RatisSettings LAN = RatisSettings.lan();

    private static BatchLimits batches(int maxBatchBytes) {
        return new BatchLimits(1024, maxBatchBytes, 2048, 4, 4096, 1 << 20);
    }

    @Test
    void aBatchMustFitAnEntryWithRoomForWhatIsAroundIt() {
        int largest = LAN.appenderBytes() - RatisSettings.ENTRY_OVERHEAD_BYTES;
        assertThat(LAN.withBatches(batches(largest)).batches().maxBatchBytes()).isEqualTo(largest);
        assertThatThrownBy(() -> LAN.withBatches(batches(largest + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(largest + 1))
                .hasMessageContaining(String.valueOf(LAN.appenderBytes()));
        assertThatThrownBy(() -> LAN.withBatches(batches(Integer.MAX_VALUE)))
                .as("no overflow")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noPauseOfTheProcessClosesTheServerForGood() {
        assertThat(RaftServerConfigKeys.closeThreshold(LAN.toProperties(Path.of("raft")))
                        .toLong(TimeUnit.DAYS))
                .isGreaterThan(365);
    }

    @Test
    void anAppenderSleepsBehindErrorsUntilAboutTheNextHeartbeat() {
        assertThat(LAN.toProperties(Path.of("raft")).get("raft.server.log.appender.retry.policy"))
                .isEqualTo("10ms,10, 100ms,1000000");
        assertThat(RatisSettings.manyShards()
                        .toProperties(Path.of("raft"))
                        .get("raft.server.log.appender.retry.policy"))
                .isEqualTo("460ms,10, 500ms,1000000");
    }

    @Test
    void deadlinesAreLookedAtRarelyOnlyWhereFailoverTakesLonger() {
        assertThat(LAN.tickMillis()).isEqualTo(10);
        assertThat(RatisSettings.manyShards().tickMillis()).isEqualTo(50);
    }

    @Test
    void whatRatisReadsIsWhatWasChecked() {
        RaftProperties properties = LAN.toProperties(Path.of("raft"));
        assertThat(RaftServerConfigKeys.Log.Appender.bufferByteLimit(properties).getSizeInt())
                .isEqualTo(LAN.appenderBytes());
        assertThat(RaftServerConfigKeys.Log.writeBufferSize(properties).getSizeInt())
                .isEqualTo(LAN.writeBufferBytes());
        assertThat(RaftServerConfigKeys.Log.segmentSizeMax(properties).getSizeInt())
                .isEqualTo(LAN.segmentBytes());
    }
}
