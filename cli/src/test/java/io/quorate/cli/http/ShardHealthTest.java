package io.quorate.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.Lsn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShardHealthTest {
    private static final PeerId N1 = new PeerId(new NodeId("n1"), new Incarnation(1));
    private static final PeerId N2 = new PeerId(new NodeId("n2"), new Incarnation(2));
    private static final List<Peer> BOTH = List.of(voter(N1), voter(N2));

    private static Peer voter(PeerId id) {
        return new Peer(id, "127.0.0.1:1", Role.VOTER);
    }

    private static LogStatus status(
            Optional<PeerId> leader, long applied, long committed, List<Peer> peers, Optional<String> problem) {
        return new LogStatus(N1, leader, 3, new Lsn(applied), applied, committed, peers, LogVersions.FIRST, problem);
    }

    private static ShardHealth judge(LogStatus status) {
        return ShardHealth.of("s", status, 10);
    }

    @Test
    void aLeaderInOrderIsReady() {
        LogStatus status = status(Optional.of(N1), 5, 7, BOTH, Optional.empty());
        assertThat(judge(status).ready()).isTrue();
        assertThat(judge(status).problems()).isEmpty();
        assertThat(ShardHealth.role(status)).isEqualTo("leader");
        assertThat(ShardHealth.lag(status)).isEqualTo(2);
    }

    @Test
    void withoutALeaderItIsHealthyAndNotReady() {
        ShardHealth health = judge(status(Optional.empty(), 5, 5, BOTH, Optional.empty()));
        assertThat(health.healthy()).isTrue();
        assertThat(health.ready()).isFalse();
        assertThat(health.problems()).containsExactly("no leader is known");
    }

    @Test
    void beyondTheLagItIsNotReady() {
        assertThat(judge(status(Optional.of(N2), 5, 15, BOTH, Optional.empty())).ready())
                .isTrue();
        assertThat(judge(status(Optional.of(N2), 5, 16, BOTH, Optional.empty())).problems())
                .containsExactly("11 entries behind: applied 5 of 16");
    }

    @Test
    void whatTheReplicaComplainsOfIsUnhealthy() {
        ShardHealth health = judge(status(Optional.of(N2), 5, 5, BOTH, Optional.of("its Raft division is closed")));
        assertThat(health.healthy()).isFalse();
        assertThat(health.problems()).containsExactly("its Raft division is closed");
    }

    @Test
    void aReplicaThatIsNoMemberYetIsNotReady() {
        LogStatus status = status(Optional.of(N2), 5, 5, List.of(voter(N2)), Optional.empty());
        assertThat(judge(status).problems()).containsExactly("this node is no member yet");
        assertThat(ShardHealth.role(status)).isEqualTo("none");
    }

    @Test
    void aNodeIsReadyOnlyWhileItServesAndAllShardsAre() {
        ShardHealth good = judge(status(Optional.of(N2), 5, 5, BOTH, Optional.empty()));
        ShardHealth bad = judge(status(Optional.empty(), 5, 5, BOTH, Optional.empty()));
        assertThat(new NodeHealth(N1.node(), Optional.of(N1), NodePhase.SERVING, List.of(good), Map.of()).ready())
                .isTrue();
        assertThat(new NodeHealth(N1.node(), Optional.of(N1), NodePhase.SERVING, List.of(good, bad), Map.of()).ready())
                .isFalse();
        assertThat(new NodeHealth(N1.node(), Optional.of(N1), NodePhase.DRAINING, List.of(good), Map.of()).ready())
                .isFalse();
        NodeHealth unreadable =
                new NodeHealth(N1.node(), Optional.of(N1), NodePhase.SERVING, List.of(good), Map.of("t", "closed"));
        assertThat(unreadable.ready()).isFalse();
        assertThat(unreadable.healthy()).isFalse();
        assertThat(unreadable.toJson()).contains("\"shard\":\"t\"", "\"problems\":[\"closed\"]");
    }

    @Test
    void contradictionsAreRefused() {
        LogStatus status = status(Optional.of(N1), 5, 5, BOTH, Optional.empty());
        assertThatThrownBy(() -> new ShardHealth("s", status, true, true, List.of("but")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ShardHealth("s", status, false, true, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
