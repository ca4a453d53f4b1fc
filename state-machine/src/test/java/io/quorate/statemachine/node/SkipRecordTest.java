package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SkipRecordTest {
    private static Peer peer(String node, long incarnation) {
        return new Peer(new PeerId(new NodeId(node), new Incarnation(incarnation)), "127.0.0.1:7001", Role.VOTER);
    }

    private final SkipRecord proposed = SkipRecord.proposed(
            new ShardDescriptor(
                    new ClusterId(new UUID(1, 1)),
                    new ShardId("s1"),
                    Generation.FIRST,
                    "kv",
                    List.of(peer("n1", 1), peer("n2", 1), peer("n3", 1))),
            new Lsn(7),
            1);

    private final String third = peer("n3", 1).id().toString();

    @Test
    void aRecordIsReadAsItWasWritten() {
        SkipRecord decided = proposed.withLost(Set.of(third)).with(SkipRecord.State.DECIDED, 42);
        assertThat(SkipRecord.read(decided.write())).isEqualTo(decided);
        assertThat(SkipRecord.read(proposed.write())).isEqualTo(proposed);
    }

    @Test
    void aDocumentOfABuildThatGaveNobodyUpHasNobodyLost() {
        ObjectNode document = proposed.write();
        document.remove("lost");
        assertThat(SkipRecord.read(document)).isEqualTo(proposed);
    }

    @Test
    void whoeverIsLostIsOneLifeOfADiskNotTheNextOne() {
        SkipRecord decided = proposed.withLost(Set.of(third)).with(SkipRecord.State.DECIDED, 42);
        assertThat(decided.lostPeers()).containsExactly(peer("n3", 1));
        assertThat(decided.withPeers(List.of(peer("n1", 1), peer("n3", 2))).lostPeers())
                .isEmpty();
        assertThat(decided.isSettled()).isFalse();
    }
}
