package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.topology.ClusterId;
import io.quorate.topology.Peer;
import io.quorate.topology.Role;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcPeerCallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Nobody listens there. */
    private static final String STAYS = "127.0.0.1:1";

    private static final String LEAVES = "127.0.0.1:2";

    private final Map<String, ManagedChannel> connected = new ConcurrentHashMap<>();
    private final GrpcPeerCalls calls =
            new GrpcPeerCalls(new ClusterId(UUID.randomUUID()), Duration.ofSeconds(1), this::connect);

    private ManagedChannel connect(String address) {
        ManagedChannel channel = GrpcWiring.connect(address, Optional.empty());
        connected.put(address, channel);
        return channel;
    }

    @AfterEach
    void close() {
        calls.close();
    }

    private void call(String address) {
        Peer peer = new Peer(TestGroup.id("b"), address, Role.VOTER);
        assertThat(calls.logState(peer, UUID.randomUUID(), -1)).failsWithin(PATIENCE);
    }

    @Test
    void connectionsToThoseWhoArePeersNoMoreAreClosedAndMadeAnewWhenNeeded() {
        call(STAYS);
        call(LEAVES);
        calls.watch(LEAVES, () -> {});
        Awaitility.await("refused").atMost(PATIENCE).until(() -> calls.isGone(LEAVES));
        ManagedChannel first = connected.get(LEAVES);

        calls.retain(Set.of(STAYS));

        assertThat(first.isShutdown()).isTrue();
        assertThat(calls.isGone(LEAVES)).isFalse();
        assertThat(connected.get(STAYS).isShutdown()).isFalse();
        call(LEAVES);
        assertThat(connected.get(LEAVES)).isNotSameAs(first);
        assertThat(connected.get(LEAVES).isShutdown()).isFalse();
    }

    /** The transport pauses after a failure, for up to two minutes in the end: the last of so many would come after several. */
    @Test
    void aNodeThatCannotBeReachedIsTriedAnewWithEachQuestionThatFollowsARenewal() {
        try (RefusingPort lost = new RefusingPort()) {
            for (int i = 1; i <= 15; i++) {
                int before = lost.attempts();
                assertThat(calls.stays(lost.address())).failsWithin(PATIENCE);
                Awaitility.await("attempt " + i).atMost(PATIENCE).until(() -> lost.attempts() > before);
                calls.renew(lost.address());
            }
        }
    }

    /** @param answers the bytes of a call */
    private PeerCalls.Running runsAtAPeerThat(GrpcPeerCalls.Handler answers) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(GrpcPeerCalls.service(answers))
                .build()
                .start();
        try {
            Peer peer = new Peer(TestGroup.id("b"), "127.0.0.1:" + server.getPort(), Role.VOTER);
            return calls.runs(peer, UUID.randomUUID()).join();
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void aPeerSaysWhetherItRunsAndOneOfABuildThatDoesNotKnowTheQuestionCountsAsOneThatDoes() throws IOException {
        for (PeerCalls.Running running : PeerCalls.Running.values()) {
            assertThat(runsAtAPeerThat(call -> CompletableFuture.completedFuture(new long[] {running.ordinal(), 0, 0})))
                    .isEqualTo(running);
        }
        assertThat(runsAtAPeerThat(call -> {
                    throw new UnknownOperationException(6);
                }))
                .isEqualTo(PeerCalls.Running.RUNS);
        assertThat(runsAtAPeerThat(call -> {
                    throw new CorruptFormatException("peer call of unknown operation 6"); // as builds before this one
                }))
                .isEqualTo(PeerCalls.Running.RUNS);
        assertThatThrownBy(() -> runsAtAPeerThat(call -> {
                    throw new CorruptFormatException("peer call of 3 bytes is damaged");
                }))
                .hasStackTraceContaining("UNAVAILABLE");
    }

    @Test
    void aPortThatTakesNoConnectionIsGoneAndOneThatWasNeverHeldHasNotEnded() {
        calls.watch(STAYS, () -> {
            throw new AssertionError("there was no connection that could break");
        });
        Awaitility.await("refused").atMost(PATIENCE).until(() -> calls.isGone(STAYS));
        assertThat(calls.isGone(LEAVES)).as("not watched").isFalse();
    }
}
