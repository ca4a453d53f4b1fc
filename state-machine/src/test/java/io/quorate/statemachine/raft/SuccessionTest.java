package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.topology.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ADDRESS = "127.0.0.1:1";

    private final NodeExecutors executors = NodeExecutors.create("succession-test");
    private final TestGroup group = new TestGroup("a", "b", "c");
    private final TestPeers peers = new TestPeers();
    private final List<PeerId> campaigns = new CopyOnWriteArrayList<>();
    private final Set<String> gone = ConcurrentHashMap.newKeySet();
    private final Succession succession =
            new Succession(group, UUID.randomUUID(), peers, executors, gone::contains, campaigns::add);

    @AfterEach
    void stop() {
        executors.close();
    }

    /** All questions to c: it is asked until the election timeout is near, and neither this voter nor the leader is. */
    private List<TestPeers.AskedForLeader> asked(int times) {
        return Awaitility.await("questions").atMost(PATIENCE).until(peers::openForLeader, all -> all.size() == times);
    }

    @Test
    void aVoterWhoAloneHasLostTheLeaderDoesNotCampaign() {
        group.follow("b");
        succession.nodeGone(ADDRESS);
        List<TestPeers.AskedForLeader> all = asked(10);
        assertThat(all).allSatisfy(asked -> {
            assertThat(asked.peer().id()).isEqualTo(TestGroup.id("c"));
            assertThat(asked.term()).isEqualTo(group.term());
        });
        all.forEach(asked -> asked.answer().complete(false));
        assertThat(campaigns).isEmpty();
    }

    @Test
    void onceAMajorityHasLostTheLeaderThereIsOneCampaignAgainstIt() {
        group.follow("b");
        succession.nodeGone(ADDRESS);
        List<TestPeers.AskedForLeader> all = asked(10);
        all.get(0).answer().completeExceptionally(new IllegalStateException("planted"));
        all.get(1).answer().complete(false);
        assertThat(campaigns).isEmpty();
        all.stream().skip(2).forEach(asked -> asked.answer().complete(true));
        Awaitility.await("a campaign").atMost(PATIENCE).until(() -> !campaigns.isEmpty());
        assertThat(campaigns).containsExactly(TestGroup.id("b"));
    }

    @Test
    void aVoterAgreesOnceItHasLostTheLeaderOfThatTermItself() {
        group.follow("b");
        assertThat(succession.agrees(group.term())).isFalse();
        gone.add(ADDRESS);
        assertThat(succession.agrees(group.term())).isTrue();
        assertThat(succession.agrees(group.term() + 1)).as("another term").isFalse();
    }

    @Test
    void aVoterThatWasStartedAMomentAgoAndHasHeardOfNoLeaderAgrees() {
        group.followNobody();
        assertThat(succession.agrees(group.term())).isTrue();
    }

    @Test
    void aNodeThatDoesNotLeadEndsUnnoticed() {
        group.follow("b");
        succession.nodeGone("127.0.0.1:2");
        executors.close();
        assertThat(peers.openForLeader()).isEmpty();
        assertThat(campaigns).isEmpty();
    }
}
