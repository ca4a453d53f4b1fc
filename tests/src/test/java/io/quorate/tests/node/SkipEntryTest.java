package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.client.ShardClient;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.node.AdminClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.node.QuorateNode;
import io.quorate.statemachine.raft.EntryMark;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An entry that the application cannot apply is skipped by all replicas or by none. */
class SkipEntryTest extends PoisonedShard {
    private static void assertRefused(ClusterAdmin admin, Lsn lsn, String... why) {
        assertThatThrownBy(() -> admin.skipEntry(SHARD, lsn)).isInstanceOfSatisfying(AdminException.class, refusal -> {
            assertThat(refusal.error()).isEqualTo("REFUSED");
            assertThat(refusal.getMessage()).contains(why);
        });
    }

    private String kept(String node, Lsn lsn) {
        return replica(node)
                .query(Ledger.key(lsn), new ReadConsistency.Session(lsn), Nodes.PATIENCE)
                .join()
                .value()
                .utf8();
    }

    @Test
    void whatNoReplicaCanApplyIsSkippedByAllAndByThoseThatComeLater() throws IOException {
        poisoned.addAll(List.of("n1", "n2", "n3", "n4"));
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            ShardClient ledger = client.shard(SHARD);
            Lsn poison = commit(ledger, "good").next();
            CompletableFuture<AppendOutcome> unanswered = ledger.append(Bytes.utf8("poison 1"));
            for (String node : List.of("n1", "n2", "n3")) {
                awaitParkedAt(node, poison);
            }
            assertRefused(admin, poison.next(), "no replica is parked at entry " + poison.next());
            nodes.stop("n3");
            assertRefused(admin, poison, "n3.", "does not answer");
            nodes.start("n3");
            awaitParkedAt("n3", poison);

            admin.skipEntry(SHARD, poison);
            admin.skipEntry(SHARD, poison);
            assertThat(unanswered.join()).isEqualTo(new Committed(poison, ApplyResult.SKIPPED));
            Lsn last = commit(ledger, "good again");
            assertEqualDigests(admin, last, "n1", "n2", "n3");
            assertThat(kept("n1", poison)).isEmpty();
            assertThat(kept("n2", last)).isEqualTo("good again");

            // one that installs a snapshot, and one that was told when it joined
            admin.addPeer(SHARD, nodes.start("n4"), true);
            last = commit(ledger, "seen by four");
            assertEqualDigests(admin, last, "n1", "n2", "n3", "n4");
            for (String node : List.of("n1", "n4")) {
                nodes.stop(node);
                nodes.start(node);
            }
            last = commit(ledger, "after restarts");
            assertEqualDigests(admin, last, "n1", "n2", "n3", "n4");
        }
    }

    private static List<Lsn> skipsKnownTo(QuorateNode node, UUID group) {
        return node.host().orElseThrow().entryMarks(group).stream()
                .filter(mark -> mark.state() == EntryMark.State.SKIPPED)
                .map(EntryMark::lsn)
                .toList();
    }

    @Test
    void aMemberThatTheMetadataDoesNotKnowYetIsAskedToo() throws IOException {
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            Lsn poison = commit(client.shard(SHARD), "good").next();
            nodes.letIn(admin, SHARD, "n4");
            poisoned.addAll(List.of("n1", "n2", "n3", "n4"));
            client.shard(SHARD).append(Bytes.utf8("poison 1"));
            for (String node : List.of("n1", "n2", "n3", "n4")) {
                awaitParkedAt(node, poison);
            }

            admin.skipEntry(SHARD, poison);

            Lsn last = commit(client.shard(SHARD), "good again");
            assertEqualDigests(admin, last, "n1", "n2", "n3", "n4");
        }
    }

    @Test
    void whoAddsAMemberAnewTellsItWhatIsSkippedAlsoWhereItWasLetInAlready() throws IOException {
        poisoned.addAll(List.of("n1", "n2", "n3", "n4"));
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client();
                AdminClient raw = new AdminClient(Optional.empty())) {
            Lsn poison = commit(client.shard(SHARD), "good").next();
            client.shard(SHARD).append(Bytes.utf8("poison 1"));
            for (String node : List.of("n1", "n2", "n3")) {
                awaitParkedAt(node, poison);
            }
            admin.skipEntry(SHARD, poison);
            HostedShard fourth = nodes.letIn(admin, SHARD, "n4");
            UUID group = fourth.descriptor().groupId();
            assertThat(skipsKnownTo(nodes.node("n4"), group)).isEmpty();
            JsonNode leader = admin.leader(SHARD);
            ObjectNode untold = JsonNodeFactory.instance.objectNode().put("shard", SHARD.value());
            untold.set("peer", leader.path("peers").get(0));
            assertThatThrownBy(() -> raw.call(leader.path("address").asText(), "peer.put", untold, Nodes.PATIENCE))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("must be told first that entry " + poison + " is skipped");

            admin.addPeer(SHARD, nodes.address("n4"), true);

            assertThat(skipsKnownTo(nodes.node("n4"), group)).containsExactly(poison);
            assertEqualDigests(admin, commit(client.shard(SHARD), "last"), "n1", "n2", "n3", "n4");
        }
    }

    @Test
    void nothingIsHeldWhereNobodyIsParkedAtTheEntry() {
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            Lsn last = commit(client.shard(SHARD), "good");
            Lsn mistyped = new Lsn(last.value() + 2);
            assertRefused(admin, mistyped, "no replica is parked at entry " + mistyped, "n2 is not parked");
            for (String node : List.of("n1", "n2", "n3")) {
                UUID group = replica(node).descriptor().groupId();
                assertThat(nodes.node(node).host().orElseThrow().entryMarks(group))
                        .isEmpty();
            }
            commit(client.shard(SHARD), "goes on");
            commit(client.shard(SHARD), "and on");
            assertEqualDigests(admin, mistyped, "n1", "n2", "n3");
        }
    }

    @Test
    void whatOneReplicaAppliedIsNotSkippedByTheOthers() throws IOException {
        poisoned.add("n1");
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            ShardClient ledger = client.shard(SHARD);
            Lsn poison = commit(ledger, "poison 1");
            awaitParkedAt("n1", poison);
            assertRefused(admin, poison, "has applied entry " + poison, "rebuild");
            assertThat(replica("n1").status().health())
                    .as("released, it fails as before")
                    .isPresent();
            poisoned.clear();
            nodes.stop("n1");
            nodes.start("n1");
            Lsn last = commit(ledger, "good");
            assertEqualDigests(admin, last, "n1", "n2", "n3");
            assertThat(kept("n1", poison)).isEqualTo("poison 1");
            admin.transferLeadership(SHARD, new NodeId("n1"));
        }
    }

    @Test
    void whatWasAppliedBeforeARestartIsNotSkippedEvenIfItCannotBeAppliedAgain() throws IOException {
        try (ClusterAdmin admin = nodes.admin();
                QuorateClient client = nodes.client()) {
            Lsn poison = commit(client.shard(SHARD), "poison 1");
            assertEqualDigests(admin, poison, "n1", "n2", "n3");
            poisoned.addAll(List.of("n1", "n2", "n3"));
            for (String node : List.of("n1", "n2", "n3")) {
                nodes.stop(node);
                nodes.start(node);
            }
            for (String node : List.of("n1", "n2", "n3")) {
                awaitParkedAt(node, poison);
            }
            assertRefused(admin, poison, "before its restart", "it may have applied it");
        }
    }
}
