package io.quorate.statemachine.raft.sync;

import static io.quorate.statemachine.raft.sync.NodesLedByFirst.FIRST;
import static io.quorate.statemachine.raft.sync.NodesLedByFirst.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.raft.node.NodeSync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.server.protocol.TermIndex;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An append of the first leader is held up at n2 between Ratis' look at the leader's term and the log, and another leads meanwhile. With
 * {@link AppendGate}, and, as the control that shows what it is for, without.
 */
class AppendGateClusterTest {
    private static final String LATE = "of the deposed leader";
    private static final String NEXT = "by the next leader";

    @TempDir
    Path directory;

    private NodesLedByFirst nodes;
    private HeldEntries held;
    private CompletableFuture<RaftClientReply> late;

    @AfterEach
    void stop() throws IOException {
        if (held != null) {
            held.release();
        }
        nodes.close();
    }

    private static NodeSync gated(RaftSync sync) {
        return new NodeSync(sync, DirectorySync.FSYNC, DirectorySync.FSYNC);
    }

    private static NodeSync ungated(RaftSync sync) {
        return new NodeSync(
                sync,
                parameters -> installWithoutTheGate(sync, parameters),
                true,
                DirectorySync.FSYNC,
                DirectorySync.FSYNC);
    }

    private static void installWithoutTheGate(RaftSync sync, Parameters parameters) {
        GrpcConfigKeys.Server.setServicesCustomizer(
                parameters,
                (builder, types) -> builder.intercept(new ReplyGate(request -> Passage.FREE, sync::beforeReply)));
    }

    /** Nor does n1 hear of n2 that another leads, until all links are healed. */
    private void holdAnAppendOfN1AtN2() throws IOException {
        AtomicReference<HeldEntries> planted = new AtomicReference<>();
        Object division = nodes.division("n2");
        nodes.links().stallHeartbeats("n1", "n2");
        nodes.links().onEntries("n1", "n2", request -> planted.set(HeldEntries.plantIn(request, division)));
        late = nodes.submit("n1", LATE);
        held = Awaitility.await("the append").atMost(PATIENCE).until(planted::get, entries -> entries != null);
        held.awaitReached();
    }

    private Optional<TermIndex> entryOfN2(long index) throws IOException {
        return nodes.entryAt("n2", index);
    }

    @Test
    void whatWasAcknowledgedToADeposedLeaderIsSeenByTheVoteAndKept() throws Exception {
        nodes = NodesLedByFirst.start(directory, 3, AppendGateClusterTest::gated);
        nodes.links().cut("n1", "n3");
        holdAnAppendOfN1AtN2();
        nodes.campaign("n3", "n1");
        NodesLedByFirst.awaitThread("a vote that waits", AppendGate.class, "enter", "ReplyGate$SingleRequest");
        assertThat(nodes.leads("n3")).isFalse();
        held.release();
        assertThat(NodesLedByFirst.reply(late).isSuccess()).as("acknowledged").isTrue();
        nodes.links().heal();
        for (String node : nodes.names()) {
            nodes.awaitNotes(node, FIRST, LATE);
        }
    }

    @Test
    void withoutTheGateAnEntryIsAcknowledgedToADeposedLeaderAndLost() throws Exception {
        nodes = NodesLedByFirst.start(directory, 3, AppendGateClusterTest::ungated);
        nodes.links().cut("n1", "n3");
        holdAnAppendOfN1AtN2();
        nodes.links().stall("n3", "n2");
        nodes.campaign("n3", "n1");
        nodes.awaitLeads("n3");
        held.release();
        assertThat(NodesLedByFirst.reply(late).isSuccess()).as("acknowledged").isTrue();
        nodes.links().open("n3", "n2");
        nodes.append("n3", NEXT);
        nodes.awaitNotes("n3", FIRST, NEXT);
        nodes.awaitNotes("n2", FIRST, NEXT);
    }

    /** The next leader has the votes of n4 and n5, and its majority only together with n2. */
    private void letN3LeadWithN2() throws Exception {
        for (String other : List.of("n3", "n4", "n5")) {
            nodes.links().cut("n1", other);
        }
        holdAnAppendOfN1AtN2();
        nodes.campaign("n3", "n1");
        nodes.awaitLeads("n3");
        nodes.links().cut("n3", "n5");
    }

    @Test
    void entriesOfTheNextLeaderComeBehindThoseThatAreUnderWay() throws Exception {
        nodes = NodesLedByFirst.start(directory, 5, AppendGateClusterTest::gated);
        letN3LeadWithN2();
        NodesLedByFirst.awaitThread("entries that wait", AppendGate.class, "enter", "ReplyGate$Requests");
        held.release();
        long index = nodes.append("n3", NEXT);
        assertThat(entryOfN2(index)).isEqualTo(nodes.entryAt("n3", index)).isPresent();
        nodes.awaitNotes("n2", FIRST, NEXT);
    }

    @Test
    void withoutTheGateEntriesThatWereAcknowledgedToTheNextLeaderAreCut() throws Exception {
        nodes = NodesLedByFirst.start(directory, 5, AppendGateClusterTest::ungated);
        letN3LeadWithN2();
        long index = nodes.append("n3", NEXT);
        assertThat(entryOfN2(index)).as("acknowledged by n2").isPresent();
        nodes.links().stall("n3", "n2");
        held.release();
        Awaitility.await("cut").atMost(PATIENCE).until(() -> entryOfN2(index).isEmpty());
    }

    @Test
    void aLeaderBeginsBehindWhatIsUnderWayIntoItsLog() throws Exception {
        nodes = NodesLedByFirst.start(directory, 3, AppendGateClusterTest::gated);
        nodes.links().cut("n1", "n3");
        holdAnAppendOfN1AtN2();
        TermIndex before = nodes.lastEntry("n2");
        nodes.campaign("n2", "n1");
        NodesLedByFirst.awaitThread("the new leader waits", AppendGate.class, "awaitEarlier", "changeToLeader");
        held.release();
        nodes.awaitLeads("n2");
        assertThat(entryOfN2(before.getIndex() + 1)).map(TermIndex::getTerm).contains(before.getTerm());
        nodes.append("n2", NEXT);
        nodes.awaitNotes("n2", FIRST, LATE, NEXT);
    }

    @Test
    void withoutTheGateALeadersOwnEntriesAreCut() throws Exception {
        nodes = NodesLedByFirst.start(directory, 3, AppendGateClusterTest::ungated);
        nodes.links().cut("n1", "n3");
        holdAnAppendOfN1AtN2();
        TermIndex before = nodes.lastEntry("n2");
        nodes.links().stall("n2", "n1");
        nodes.links().stall("n2", "n3");
        nodes.campaign("n2", "n1");
        awaitTermOfN2("its first entry as a leader", before.getIndex() + 1, before.getTerm() + 1);
        held.release();
        awaitTermOfN2("in its place one of the deposed leader", before.getIndex() + 1, before.getTerm());
    }

    private void awaitTermOfN2(String what, long index, long term) {
        Awaitility.await(what).atMost(PATIENCE).until(() -> entryOfN2(index)
                .filter(entry -> entry.getTerm() == term)
                .isPresent());
    }
}
