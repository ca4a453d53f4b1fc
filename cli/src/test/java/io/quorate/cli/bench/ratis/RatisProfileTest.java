package io.quorate.cli.bench.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server of the baseline really runs with: all ratios of the benchmarks are to it. */
class RatisProfileTest {
    /** Where it keeps its log, its host and its port. */
    private static final int PLACE = 3;

    private static final Path DIRECTORY = Path.of("/somewhere/s1");

    private static RaftProperties ofServer(RatisProfile profile) {
        RaftPeer self =
                RaftPeer.newBuilder().setId("s1").setAddress("127.0.0.1:4001").build();
        return BareRatisServer.properties(profile, self, DIRECTORY);
    }

    @Test
    void theDefaultsAreLeftAlone() {
        RaftProperties untouched = new RaftProperties();
        assertThat(untouched.size()).as("Ratis sets nothing by itself").isZero();
        RatisProfile.DEFAULTS.apply(untouched);
        assertThat(untouched.size()).isZero();
        assertThat(ofServer(RatisProfile.DEFAULTS).size()).isEqualTo(PLACE);
    }

    @Test
    void tunedIsWhatMakesSmallWritesFasterAndNothingElse() {
        RaftProperties tuned = ofServer(RatisProfile.TUNED);
        assertThat(RaftServerConfigKeys.Log.appendEntriesComposeEnabled(tuned))
                .as("compose")
                .isFalse();
        assertThat(RaftServerConfigKeys.Log.logMetadataEnabled(tuned))
                .as("log metadata")
                .isFalse();
        assertThat(RaftServerConfigKeys.Log.preallocatedSize(tuned))
                .as("preallocation")
                .isEqualTo(SizeInBytes.valueOf("4KB"));
        assertThat(RaftServerConfigKeys.Log.Appender.waitTimeMin(tuned))
                .as("wait of an appender")
                .isEqualTo(TimeDuration.ZERO);
        assertThat(RaftServerConfigKeys.Log.readLockEnabled(tuned))
                .as("read lock")
                .isFalse();
        assertThat(tuned.size()).as("these five").isEqualTo(PLACE + 5);
    }

    /** The comparison would else be with something that loses what it has acknowledged. */
    @ParameterizedTest
    @EnumSource
    void noProfileGivesUpDurability(RatisProfile profile) {
        RaftProperties properties = ofServer(profile);
        assertThat(RaftServerConfigKeys.Log.useMemory(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Log.unsafeFlushEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.Log.asyncFlushEnabled(properties)).isFalse();
        assertThat(RaftServerConfigKeys.storageDir(properties)).containsExactly(DIRECTORY.toFile());
    }

    /** Else the tuned profile would be another name for the defaults. */
    @Test
    void eachOfTheTunedSettingsDiffersFromItsDefault() {
        RaftProperties defaults = ofServer(RatisProfile.DEFAULTS);
        assertThat(RaftServerConfigKeys.Log.appendEntriesComposeEnabled(defaults))
                .isTrue();
        assertThat(RaftServerConfigKeys.Log.logMetadataEnabled(defaults)).isTrue();
        assertThat(RaftServerConfigKeys.Log.preallocatedSize(defaults).getSize())
                .isGreaterThan(1 << 20);
        assertThat(RaftServerConfigKeys.Log.Appender.waitTimeMin(defaults).isPositive())
                .isTrue();
        assertThat(RaftServerConfigKeys.Log.readLockEnabled(defaults)).isTrue();
    }
}
