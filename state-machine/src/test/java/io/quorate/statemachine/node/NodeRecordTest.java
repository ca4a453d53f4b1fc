package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeRecordTest {
    private static final PeerId FIRST = new PeerId(new NodeId("n1"), new Incarnation(1));
    private static final PeerId SECOND = new PeerId(new NodeId("n1"), new Incarnation(2));
    private static final String ADDRESS = "127.0.0.1:7001";
    private static final NodeRecord NEW = NodeRecord.of(FIRST, ADDRESS);

    @Test
    void aRecordIsReadAsItWasWritten() {
        for (NodeRecord record : Set.of(
                NEW,
                NEW.joins().joins(),
                NEW.remove(),
                NEW.remove().registered(SECOND, "127.0.0.1:7002").joins().remove())) {
            assertThat(NodeRecord.read(record.write())).isEqualTo(record);
        }
    }

    @Test
    void aDocumentOfABuildThatRemovedNoNodesIsOfOneThatIsThere() {
        assertThat(NodeRecord.read(
                        DescriptorJson.object().put("peer", FIRST.toString()).put("address", ADDRESS)))
                .isEqualTo(NEW);
    }

    @Test
    void aLifeThatWasRemovedNeverComesBackAndALaterOneDoes() {
        NodeRecord removed = NEW.remove();
        assertThat(removed.isRegistered()).isFalse();
        assertThatThrownBy(() -> removed.registered(FIRST, ADDRESS))
                .isInstanceOfSatisfying(AdminException.class, refusal -> assertThat(refusal.error())
                        .isEqualTo("REMOVED_NODE"))
                .hasMessageContaining(FIRST + " was removed");
        NodeRecord back = removed.registered(SECOND, ADDRESS);
        assertThat(back.isRegistered()).isTrue();
        assertThatThrownBy(() -> back.registered(FIRST, ADDRESS)).isInstanceOf(AdminException.class);
        assertThat(back.remove().removed()).containsExactlyInAnyOrder(FIRST, SECOND);
    }

    @Test
    void whoeverLookedBeforeItBecameAMemberSeesThatItDid() {
        assertThat(NEW.joins().write()).isNotEqualTo(NEW.write());
        assertThat(NEW.registered(FIRST, ADDRESS).write())
                .as("registered again")
                .isEqualTo(NEW.write());
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new NodeRecord(FIRST, "here", NodeRecord.State.REGISTERED, 0, Set.of()))
                .hasMessageContaining("here");
        assertThatThrownBy(() -> new NodeRecord(FIRST, ADDRESS, NodeRecord.State.REGISTERED, -1, Set.of()))
                .hasMessageContaining("joined");
        assertThatThrownBy(() -> new NodeRecord(FIRST, ADDRESS, NodeRecord.State.REGISTERED, 0, Set.of(FIRST)))
                .hasMessageContaining("removed");
        assertThatThrownBy(() -> new NodeRecord(FIRST, ADDRESS, NodeRecord.State.REMOVED, 0, Set.of()))
                .hasMessageContaining("removed");
    }
}
