package io.quorate.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.host.HostedShard;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static Peer peer(String node, Role role) {
        return new Peer(new PeerId(new NodeId(node), new Incarnation(1)), "127.0.0.1:1", role);
    }

    private static final Peer SELF = peer("n1", Role.VOTER);

    private static List<Peer> successors(Peer leader, Peer... others) {
        List<Peer> peers = Stream.concat(Stream.of(SELF), Stream.of(others)).toList();
        return Drain.successors(new LogStatus(
                SELF.id(), Optional.of(leader.id()), 1, Lsn.ZERO, 0, 0, peers, LogVersions.FIRST, Optional.empty()));
    }

    @Test
    void leadershipGoesToAnotherVoterWithData() {
        assertThat(successors(SELF, peer("n2", Role.OBSERVER), peer("n3", Role.WITNESS), peer("n4", Role.VOTER)))
                .containsExactly(peer("n4", Role.VOTER));
    }

    @Test
    void whoDoesNotLeadOrIsAloneHasNothingToGive() {
        assertThat(successors(peer("n2", Role.VOTER), peer("n2", Role.VOTER))).isEmpty();
        assertThat(successors(SELF, peer("n2", Role.OBSERVER))).isEmpty();
        assertThat(successors(SELF)).isEmpty();
    }

    @Test
    void aLeaderWithoutAMajorityTriesNobody() {
        LogStatus leads = new LogStatus(
                SELF.id(),
                Optional.of(SELF.id()),
                1,
                Lsn.ZERO,
                0,
                0,
                List.of(SELF, peer("n2", Role.VOTER), peer("n3", Role.VOTER)),
                LogVersions.FIRST,
                Optional.empty());
        ShardDescriptor descriptor = new ShardDescriptor(
                new ClusterId(UUID.randomUUID()), new ShardId("s"), Generation.FIRST, "kv", List.of(SELF));
        HostedShard shard = (HostedShard) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HostedShard.class},
                (proxy, called, args) -> switch (called.getName()) {
                    case "status" -> leads;
                    case "descriptor" -> descriptor;
                    case "readBarrier" ->
                        CompletableFuture.failedFuture(
                                new ReadUnavailableException(RejectReason.DEADLINE, "no majority (planted)"));
                    default -> throw new AssertionError("asked for " + called);
                });
        assertThat(Drain.run(List.of(shard), Duration.ofSeconds(60))).isZero();
    }
}
