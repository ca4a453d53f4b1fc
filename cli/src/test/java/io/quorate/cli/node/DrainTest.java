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
import io.quorate.wal.log.Membership;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Peer peer(String node, Role role) {
        return new Peer(new PeerId(new NodeId(node), new Incarnation(1)), "127.0.0.1:1", role);
    }

    private static final Peer SELF = peer("n1", Role.VOTER);
    private static final Peer SECOND = peer("n2", Role.VOTER);
    private static final Peer THIRD = peer("n3", Role.VOTER);
    /** Nothing is to wait for it: who does is stopped by the test's timeout. */
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Set<Peer> stopping = ConcurrentHashMap.newKeySet();
    private final List<PeerId> asked = new CopyOnWriteArrayList<>();
    private CompletableFuture<Void> transfer = CompletableFuture.completedFuture(null);
    private boolean transferBreaks;
    /** For so many looks an append is not answered yet. */
    private int busyLooks;

    private final AtomicInteger looks = new AtomicInteger();

    private HostedShard shard(Peer leader, Peer... others) {
        List<Peer> peers = Stream.concat(Stream.of(SELF), Stream.of(others)).toList();
        LogStatus status = new LogStatus(
                SELF.id(), Optional.of(leader.id()), 1, Lsn.ZERO, 0, 0, peers, LogVersions.FIRST, Optional.empty());
        ShardDescriptor descriptor = new ShardDescriptor(
                new ClusterId(UUID.randomUUID()), new ShardId("s"), Generation.FIRST, "kv", List.of(SELF));
        Membership membership = planted(Membership.class, (called, args) -> {
            assertThat(called).isEqualTo("transferLeadership");
            asked.add((PeerId) args[0]);
            if (transferBreaks) {
                throw new IllegalStateException("the shard is closed");
            }
            return transfer;
        });
        return planted(HostedShard.class, (called, args) -> switch (called) {
            case "status" -> status;
            case "descriptor" -> descriptor;
            case "membership" -> membership;
            case "isIdle" -> looks.incrementAndGet() > busyLooks;
            default -> throw new AssertionError("asked for " + called);
        });
    }

    private interface Answers {
        Object call(String method, Object[] arguments);
    }

    private static <T> T planted(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, called, arguments) -> answers.call(called.getName(), arguments)));
    }

    private int drain(HostedShard shard) {
        return drain(shard, FOREVER);
    }

    private int drain(HostedShard shard, Duration timeout) {
        return Drain.run(List.of(shard), peer -> CompletableFuture.completedFuture(!stopping.contains(peer)), timeout);
    }

    @Test
    void leadershipGoesToAnotherVoterWithData() {
        Peer fourth = peer("n4", Role.VOTER);
        assertThat(drain(shard(SELF, peer("n2", Role.OBSERVER), peer("n3", Role.WITNESS), fourth)))
                .isOne();
        assertThat(asked).containsExactly(fourth.id());
    }

    @Test
    void whoDoesNotLeadOrIsAloneHasNothingToGive() {
        assertThat(drain(shard(SECOND, SECOND, THIRD))).isZero();
        assertThat(drain(shard(SELF, peer("n2", Role.OBSERVER)))).isZero();
        assertThat(drain(shard(SELF))).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void whatAShardWithoutAnotherVoterHasAcceptedIsAnsweredBeforeItStops() {
        busyLooks = 3;
        assertThat(drain(shard(SELF))).isZero();
        assertThat(looks).hasValue(4);
        assertThat(drain(shard(SELF, peer("n2", Role.OBSERVER)))).isZero();
        assertThat(looks).hasValue(5);
        busyLooks = Integer.MAX_VALUE;
        assertThat(drain(shard(SELF), Duration.ofMillis(20)))
                .as("for as long as a drain may take")
                .isZero();
    }

    @Test
    void aHandOverThatBreaksIsNotWaitedFor() {
        transferBreaks = true;
        assertThat(CompletableFuture.supplyAsync(() -> drain(shard(SELF, SECOND, THIRD))))
                .succeedsWithin(PATIENCE)
                .isEqualTo(0);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aNodeThatIsAboutToStopIsHandedNothing() {
        stopping.add(SECOND);
        assertThat(drain(shard(SELF, SECOND, THIRD))).isOne();
        assertThat(asked).containsExactly(THIRD.id());
    }

    @Test
    void nothingIsHandedOverWhereNobodyStaysOrTooFewForAnElection() {
        stopping.addAll(List.of(SECOND, THIRD));
        assertThat(drain(shard(SELF, SECOND, THIRD))).isZero();
        assertThat(drain(shard(SELF, SECOND, THIRD, peer("n4", Role.VOTER)))).isZero();
        assertThat(asked).isEmpty();
    }

    @Test
    void aHandOverIsGivenUpOnceTheOthersStopToo() {
        transfer = new CompletableFuture<>();
        HostedShard shard = shard(SELF, SECOND, THIRD);
        CompletableFuture<Integer> drain = CompletableFuture.supplyAsync(() -> drain(shard));
        Awaitility.await("a hand-over").atMost(PATIENCE).until(() -> !asked.isEmpty());
        stopping.addAll(List.of(SECOND, THIRD));
        assertThat(drain).succeedsWithin(PATIENCE).isEqualTo(0);
    }
}
