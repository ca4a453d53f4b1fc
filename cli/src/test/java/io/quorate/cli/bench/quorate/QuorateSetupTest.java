package io.quorate.cli.bench.quorate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.cli.node.Preset;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuorateSetupTest {
    private static String consistency(ReadConsistency consistency) {
        return new QuorateSetup(1, Preset.LAN, consistency, ReadPreference.PRIMARY)
                .byName()
                .get("consistency");
    }

    @Test
    void settingsAreNamedAsOnTheCommandLine() {
        assertThat(QuorateSetup.DEFAULT.byName())
                .isEqualTo(
                        Map.of("shards", "1", "preset", "lan", "consistency", "linearizable", "readFrom", "primary"));
        assertThat(new QuorateSetup(7, Preset.MANY_SHARDS, ReadConsistency.EVENTUAL, ReadPreference.SECONDARY_PREFERRED)
                        .byName())
                .isEqualTo(Map.of(
                        "shards",
                        "7",
                        "preset",
                        "many-shards",
                        "consistency",
                        "eventual",
                        "readFrom",
                        "secondary-preferred"));
        assertThat(consistency(new ReadConsistency.BoundedStaleness(Duration.ofSeconds(2))))
                .isEqualTo("bounded=2s");
        assertThat(consistency(new ReadConsistency.Session(new Lsn(42)))).isEqualTo("session=42");
    }

    @Test
    void everyShardHasANameOfItsOwn() {
        QuorateSetup many =
                new QuorateSetup(100, Preset.MANY_SHARDS, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);
        assertThat(many.shardIds()).hasSize(100).doesNotHaveDuplicates().contains(new ShardId("bench-100"));
        assertThat(QuorateSetup.DEFAULT.shardIds()).containsExactly(new ShardId("bench"));
    }

    @Test
    void noShardsAndTooManyAreRefused() {
        for (int shards : new int[] {0, 1001}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            new QuorateSetup(shards, Preset.LAN, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY))
                    .withMessageContaining("shards not in 1..1000");
        }
    }
}
