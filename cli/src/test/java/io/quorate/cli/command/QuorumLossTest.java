package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator whose cluster has lost a node must not be able to make it stand still by removing another. */
class QuorumLossTest {
    private static final String WHY =
            "shard orders would have 2 voters, of which 1 can be reached, and needs 2; add or restart"
                    + " nodes first [QUORUM_WOULD_BE_LOST]";

    @TempDir
    private Path directory;

    @Test
    void aLiveVoterIsNotRemovedWhileAnotherIsDownAndTheDeadOneIs() throws IOException {
        try (CommandCluster cluster = new CommandCluster(directory, 3, "")) {
            cluster.nodes().stop(3);
            Set<String> before = members(cluster);
            assertThat(before).hasSize(3);
            String leader = leader(cluster);
            for (String live : List.of(leader, leader.equals("n1") ? "n2" : "n1")) {
                cluster.assertFails(ExitCode.REFUSED, WHY, "peers", "remove", "orders", live);
                assertThat(members(cluster)).as("nothing changed").isEqualTo(before);
                assertThat(leader(cluster)).as("nor was leadership moved").isEqualTo(leader);
            }
            assertThat(cluster.run("kv", "put", "orders", "still", "served").status())
                    .isZero();

            CommandRun dead = cluster.run("peers", "remove", "orders", "n3");
            assertThat(dead.status()).as(dead.toString()).isZero();
            assertThat(members(cluster)).hasSize(2).noneMatch(peer -> peer.startsWith("n3."));
            cluster.assertFails(
                    ExitCode.NOT_FOUND, "n3 is no member of shard orders", "leader", "transfer", "orders", "n3");
            assertThat(cluster.run("kv", "get", "orders", "still").out()).contains("served");
        }
    }

    private static Set<String> members(CommandCluster cluster) throws IOException {
        Set<String> members = new TreeSet<>();
        for (JsonNode peer :
                cluster.json(ExitCode.OK, "peers", "list", "orders").path("peers")) {
            members.add(peer.path("id").asText() + " " + peer.path("role").asText());
        }
        return members;
    }

    private static String leader(CommandCluster cluster) throws IOException {
        return cluster.json(ExitCode.OK, "leader", "show", "orders")
                .path("leader")
                .asText()
                .split("\\.")[0];
    }
}
