package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that change and show the cluster, its shards and members: what they do, print, and end with. */
class ClusterCommandsTest {
    @TempDir
    private static Path directory;

    private static CommandCluster cluster;

    @BeforeAll
    static void foundACluster() throws IOException {
        cluster = new CommandCluster(directory, 5, "");
    }

    @AfterAll
    static void stop() throws IOException {
        cluster.close();
    }

    private static CommandRun run(String... args) {
        return cluster.run(args);
    }

    private static JsonNode json(ExitCode expected, String... args) throws IOException {
        return cluster.json(expected, args);
    }

    private static void assertFails(ExitCode expected, String message, String... args) throws IOException {
        cluster.assertFails(expected, message, args);
    }

    @Test
    void initMayBeRepeatedAndKeepsTheCluster() throws IOException {
        String first = json(ExitCode.OK, "init").path("cluster").asText();
        assertThat(json(ExitCode.OK, "init").path("cluster").asText()).isEqualTo(first);
    }

    @Test
    void statusShowsEveryNodeAndItsReplicas() throws IOException {
        JsonNode status = json(ExitCode.OK, "status");
        assertThat(status.path("healthy").asBoolean()).isTrue();
        assertThat(status.path("nodes")).hasSize(3);
        assertThat(run("status").out()).contains("n1", "n2", "n3", "orders", "leader", "follower");
    }

    @Test
    void whatCannotBeHadIsRefusedBeforeAnythingChanges() throws IOException {
        assertFails(
                ExitCode.REFUSED,
                "has 3 voters, 7 cannot be asked for",
                "kv",
                "put",
                "orders",
                "wide",
                "v",
                "--concern",
                "quorum=7");
        assertFails(ExitCode.NOT_FOUND, "no key 'wide'", "kv", "get", "orders", "wide");
        assertFails(
                ExitCode.REFUSED,
                "9 replicas are wanted, and the cluster has",
                "shards",
                "create",
                "wide",
                "--replicas",
                "9");
        assertFails(ExitCode.NOT_FOUND, "the cluster has no node n77", "peers", "remove", "orders", "n77");
    }

    @Test
    void versionsAreShownAndRaisedOnlyToWhatAllMembersHave() throws IOException {
        for (JsonNode shard : json(ExitCode.OK, "shards", "list").path("shards")) {
            assertThat(shard.path("versions").path("applyVersion").asInt()).isEqualTo(1);
        }
        assertThat(run("shards", "upgrade", "orders").out()).contains("at apply version 1 already");
        JsonNode dry = json(ExitCode.OK, "shards", "upgrade", "orders", "--apply-version", "2", "--dry-run");
        assertThat(dry.path("raised").asBoolean()).isFalse();
        assertThat(dry.path("objections")).hasSize(3);
        assertThat(run("shards", "upgrade", "orders", "--apply-version", "2", "--dry-run")
                        .out())
                .contains("cannot go from apply version 1 to 2", "n1.", "n2.", "n3.");
        assertFails(
                ExitCode.REFUSED,
                "supports apply versions 1, not 2",
                "shards",
                "upgrade",
                "orders",
                "--apply-version",
                "2");
        assertFails(
                ExitCode.USAGE,
                "'--apply-version': '0' is not a number",
                "shards",
                "upgrade",
                "orders",
                "--apply-version",
                "0");
    }

    @Test
    void nothingIsSkippedWithoutConfirmationNorWhereNobodyIsParked() throws IOException {
        assertFails(ExitCode.USAGE, "repeat with --yes", "shards", "skip", "orders", "--lsn", "1000000");
        assertFails(
                ExitCode.REFUSED,
                "no replica is parked at entry 1000000",
                "shards",
                "skip",
                "orders",
                "--lsn",
                "1000000",
                "--yes");
        assertFails(ExitCode.REFUSED, "none of its own entries", "shards", "skip", "meta", "--lsn", "5", "--yes");
        assertFails(ExitCode.NOT_FOUND, "no shard 'never'", "shards", "skip", "never", "--lsn", "5", "--yes");
        run("kv", "put", "orders", "after", "all");
        String lsn = Long.toString(json(ExitCode.OK, "kv", "put", "orders", "skipped", "v9")
                .path("lsn")
                .asLong());
        assertFails(
                ExitCode.REFUSED,
                "no replica is parked at entry " + lsn,
                "shards",
                "skip",
                "orders",
                "--lsn",
                lsn,
                "--yes");
    }

    @Test
    void aWitnessIsRefusedAndSoIsARoleThatDoesNotExist() throws IOException {
        String node = cluster.nodes().address(3);
        assertFails(
                ExitCode.REFUSED, "witnesses are not offered yet", "peers", "add", "orders", node, "--role", "witness");
        assertFails(ExitCode.USAGE, "neither voter nor observer", "peers", "add", "orders", node, "--role", "king");
    }

    @Test
    void shardsComeAndGo() throws IOException {
        assertThat(json(ExitCode.OK, "shards", "create", "brief", "--nodes", "n1,n2")
                        .has("error"))
                .isFalse();
        assertThat(run("shards", "create", "brief", "--nodes", "n1,n2").status())
                .as("again")
                .isZero();
        assertThat(run("shards", "list").out()).contains("brief", "n1", "n2");
        assertFails(ExitCode.USAGE, "repeat with --yes", "shards", "remove", "brief");
        CommandRun removed = run("shards", "remove", "brief", "--yes");
        assertThat(removed.status()).as(removed.toString()).isZero();
        assertThat(removed.err())
                .contains("shard brief (application kv, on n1, n2) is lost for good, with its log and state");
        assertThat(run("shards", "list").out()).doesNotContain("brief");
        assertThat(run("shards", "remove", "brief", "--yes").status())
                .as("again")
                .isZero();
        assertFails(ExitCode.NOT_FOUND, "no shard 'never'", "shards", "remove", "never");
    }

    @Test
    void peersAreAddedPromotedAndRemoved() throws IOException {
        assertThat(run("shards", "create", "moving", "--nodes", "n1,n2,n3").status())
                .isZero();
        cluster.nodes().start(4);
        JsonNode added =
                json(ExitCode.OK, "peers", "add", "moving", cluster.nodes().address(4), "--observer");
        assertThat(added.path("peers").findValuesAsText("role")).contains("OBSERVER");
        added = json(ExitCode.OK, "peers", "promote", "moving", "n4");
        assertThat(added.path("peers").findValuesAsText("role")).hasSize(4).containsOnly("VOTER");
        assertThat(run("leader", "transfer", "moving", "n2").status()).isZero();
        JsonNode left = json(ExitCode.OK, "peers", "remove", "moving", "n1");
        assertThat(left.path("peers")).hasSize(3);
        assertThat(run("peers", "list", "moving").out()).contains("n4", "leads").doesNotContain("n1.");
    }

    @Test
    void theLastVoterIsNotRemoved() throws IOException {
        assertThat(run("shards", "create", "single", "--nodes", "n2").status()).isZero();
        assertFails(ExitCode.REFUSED, "QUORUM_WOULD_BE_LOST", "peers", "remove", "single", "n2");
    }

    @Test
    void leadershipIsShownAndTransferred() throws IOException {
        assertThat(run("shards", "create", "led", "--nodes", "n1,n2,n3").status())
                .isZero();
        for (String node : List.of("n2", "n3")) {
            assertThat(json(ExitCode.OK, "leader", "transfer", "led", node)
                            .path("leader")
                            .asText())
                    .isEqualTo(node);
            assertThat(run("leader", "show", "led").out()).startsWith(node + ".");
        }
        assertFails(ExitCode.NOT_FOUND, "n9 is no member", "leader", "transfer", "led", "n9");
    }

    @Test
    void aSnapshotIsTakenOnEveryMember() throws IOException {
        run("kv", "put", "orders", "snapshot", "me");
        JsonNode taken = json(ExitCode.OK, "snapshot", "take", "orders").path("nodes");
        assertThat(taken.findValues("lsn")).hasSize(3).allMatch(lsn -> lsn.asLong() > 0);
    }

    @Test
    void namesThatCannotBeAreUsageErrors() throws IOException {
        assertFails(ExitCode.USAGE, "shard 'No Shard' must be", "kv", "get", "No Shard", "k");
        assertFails(ExitCode.USAGE, "node 'N1' must be", "peers", "remove", "orders", "N1");
        assertFails(ExitCode.USAGE, "address 'here'", "peers", "add", "orders", "here");
        assertFails(ExitCode.USAGE, "'--limit': '0' is not a number", "kv", "scan", "orders", "--limit", "0");
    }

    @Test
    void whatDoesNotExistIsNotFound() throws IOException {
        for (String command : List.of(
                "kv get nothing k",
                "kv put nothing k v",
                "log tail nothing",
                "snapshot take nothing",
                "shards upgrade nothing --dry-run",
                "peers list nothing",
                "leader show nothing")) {
            assertFails(ExitCode.NOT_FOUND, "no shard 'nothing' in the cluster; there are: ", command.split(" "));
        }
    }
}
