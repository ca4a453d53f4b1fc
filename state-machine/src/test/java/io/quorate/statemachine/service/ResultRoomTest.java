package io.quorate.statemachine.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ResultRoomTest {
    private final ServedShards node = new ServedShards(
            new ServedNode(new ClusterId(UUID.randomUUID()), new PeerId(new NodeId("n1"), new Incarnation(1))),
            new NoShards(),
            shard -> List.of(),
            new StreamLimits(10, 1000, 1500, 1 << 20));
    private final ResultRoom one = new ResultRoom(node);
    private final ResultRoom other = new ResultRoom(node);

    @Test
    void aStreamThatIsNotReadHasRoomForSoManyBytesOfResults() {
        assertThat(one.take(600)).isTrue();
        assertThat(one.isFull()).isFalse();
        assertThat(one.take(401)).isFalse();
        assertThat(one.take(400)).isTrue();
        assertThat(one.isFull()).isTrue();
        one.giveBack(600);
        assertThat(one.isFull()).isFalse();
        assertThat(one.take(600)).isTrue();
    }

    @Test
    void aResultThatIsLargerHasRoomByItself() {
        assertThat(one.take(1200)).isTrue();
        assertThat(one.take(1)).isFalse();
        one.giveBack(1200);
        assertThat(one.take(1200)).isTrue();
    }

    @Test
    void allStreamsOfANodeShareItsRoomWithTheRequests() {
        assertThat(node.takeRoom(300)).isTrue();
        assertThat(one.take(1000)).isTrue();
        assertThat(other.take(201)).isFalse();
        assertThat(other.take(200)).isTrue();
        one.giveBack(1000);
        assertThat(other.take(700)).isTrue();
        assertThat(node.bytesInWork()).isEqualTo(1200);
    }

    @Test
    void aStreamThatEndsGivesEverythingBackOnce() {
        assertThat(one.take(700)).isTrue();
        one.close();
        one.close();
        one.giveBack(700);
        assertThat(one.take(1)).isFalse();
        assertThat(node.bytesInWork()).isZero();
    }

    /** A node that serves nothing. */
    private static final class NoShards implements ShardDirectory {
        @Override
        public Optional<HostedShard> find(ShardId shard) {
            return Optional.empty();
        }

        @Override
        public Collection<HostedShard> all() {
            return List.of();
        }
    }
}
