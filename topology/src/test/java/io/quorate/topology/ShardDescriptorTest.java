package io.quorate.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardDescriptorTest {
    private static final ClusterId CLUSTER = new ClusterId(new UUID(1, 2));
    private static final ShardId SHARD = new ShardId("s1");

    private static Peer peer(String node, long incarnation, Role role) {
        return new Peer(new PeerId(new NodeId(node), new Incarnation(incarnation)), "127.0.0.1:7000", role);
    }

    private static ShardDescriptor descriptor(List<Peer> peers) {
        return new ShardDescriptor(CLUSTER, SHARD, Generation.FIRST, "kv", peers);
    }

    @Test
    void countsVotersAndWitnessesAsVotersButNotObservers() {
        Peer voter = peer("n1", 1, Role.VOTER);
        Peer witness = peer("n2", 2, Role.WITNESS);
        Peer observer = peer("n3", 3, Role.OBSERVER);
        assertThat(descriptor(List.of(voter, witness, observer)).voters()).containsExactly(voter, witness);
        assertThat(observer.withRole(Role.VOTER)).isEqualTo(peer("n3", 3, Role.VOTER));
    }

    @Test
    void refusesAShardThatNobodyVotesIn() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> descriptor(List.of()))
                .withMessageContaining("no voter");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> descriptor(List.of(peer("n1", 1, Role.OBSERVER))))
                .withMessageContaining("no voter");
    }

    @Test
    void refusesANodeTwiceEvenWithAnotherIncarnation() {
        List<Peer> twice = List.of(peer("n1", 1, Role.VOTER), peer("n1", 2, Role.VOTER));
        assertThatIllegalArgumentException().isThrownBy(() -> descriptor(twice)).withMessageContaining("n1 is twice");
    }

    @Test
    void givesEachLifeOfAShardInEachClusterAGroupOfItsOwn() {
        UUID first = ShardDescriptor.groupId(CLUSTER, SHARD, Generation.FIRST);
        assertThat(descriptor(List.of(peer("n1", 1, Role.VOTER))).groupId()).isEqualTo(first);
        assertThat(List.of(
                        ShardDescriptor.groupId(CLUSTER, SHARD, Generation.FIRST.next()),
                        ShardDescriptor.groupId(new ClusterId(new UUID(1, 3)), SHARD, Generation.FIRST),
                        ShardDescriptor.groupId(CLUSTER, new ShardId("s2"), Generation.FIRST)))
                .doesNotContain(first)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", ":1", "host:", "host:0", "host:65536", "host:x", "host:-1"})
    void refusesAddressesThatAreNotHostAndPort(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Peer.checkAddress(address))
                .withMessageContaining(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:1", "127.0.0.1:65535", "[::1]:80"})
    void takesAddressesOfHostAndPort(String address) {
        assertThat(Peer.checkAddress(address)).isEqualTo(address);
    }
}
