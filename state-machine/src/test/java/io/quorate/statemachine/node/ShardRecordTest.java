package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ShardRecordTest {
    private static final NodeId ONE = new NodeId("n1");
    private static final NodeId TWO = new NodeId("n2");
    private static final NodeId THREE = new NodeId("n3");

    private static Peer peer(NodeId node) {
        return new Peer(new PeerId(node, new Incarnation(7)), "127.0.0.1:7001", Role.VOTER);
    }

    private static ShardRecord record(ShardRecord.State state, NodeId... done) {
        ShardDescriptor descriptor = new ShardDescriptor(
                new ClusterId(new UUID(1, 1)),
                new ShardId("s1"),
                Generation.FIRST,
                "kv",
                List.of(peer(ONE), peer(TWO)));
        return new ShardRecord(descriptor, state, Set.of(done));
    }

    private static List<Peer> members(NodeId... nodes) {
        return List.of(nodes).stream().map(ShardRecordTest::peer).toList();
    }

    @Test
    void aMemberThatWasAddedServesTheShardAlready() {
        ShardRecord added = record(ShardRecord.State.ACTIVE, ONE, TWO).withMembers(members(ONE, TWO, THREE));
        assertThat(added.isDoneEverywhere()).isTrue();
        assertThat(added.descriptor().peers()).isEqualTo(members(ONE, TWO, THREE));
    }

    @Test
    void aFounderThatCouldNotBeReachedIsStillToBeAskedAfterAChangeOfMembers() {
        ShardRecord changed = record(ShardRecord.State.ACTIVE, ONE).withMembers(members(TWO, THREE));
        assertThat(changed.isDoneEverywhere()).isFalse();
        assertThat(changed.membersDone()).isEqualTo(1);
    }

    @Test
    void whileItIsRemovedMembersAreAddedAndNoneIsStruckOff() {
        ShardRecord removing = record(ShardRecord.State.REMOVING, ONE, TWO).withMembers(members(ONE, THREE));
        assertThat(removing.descriptor().peers()).isEqualTo(members(ONE, TWO, THREE));
        assertThat(removing.isDoneEverywhere()).isFalse();
    }
}
