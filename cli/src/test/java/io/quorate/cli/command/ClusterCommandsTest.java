package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's commands against three nodes in this JVM: what they do, print, and end with. */
class ClusterCommandsTest {
    /** Refuses anything behind the one object that {@code --json} promises. */
    private static final JsonMapper ONE_OBJECT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @TempDir
    private static Path directory;

    private static LocalNodes nodes;

    @BeforeAll
    static void foundACluster() throws IOException {
        nodes = new LocalNodes(directory, 5, "");
        for (int node = 1; node <= 3; node++) {
            nodes.start(node);
        }
        assertThat(run("init").status()).isZero();
        assertThat(run("shards", "create", "orders").status()).isZero();
        assertThat(run("shards", "create", "events", "--application", "log").status())
                .isZero();
    }

    @AfterAll
    static void stop() throws IOException {
        nodes.close();
    }

    private static CommandRun run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", nodes.servers(3), "--timeout", "60s"));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static JsonNode json(ExitCode expected, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--json");
        CommandRun run = run(all.toArray(String[]::new));
        assertThat(run.status()).as(run.toString()).isEqualTo(expected.status());
        return ONE_OBJECT.readTree(run.out());
    }

    private static void assertFails(ExitCode expected, String message, String... args) throws IOException {
        CommandRun run = run(args);
        assertThat(run.status()).as(run.toString()).isEqualTo(expected.status());
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
        JsonNode error = json(expected, args).path("error");
        assertThat(error.path("exit").asInt()).isEqualTo(expected.status());
        assertThat(error.path("message").asText()).contains(message);
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
    void keysAreWrittenReadComparedScannedAndDeleted() throws IOException {
        long lsn =
                json(ExitCode.OK, "kv", "put", "orders", "k1", "v1").path("lsn").asLong();
        assertThat(lsn).isPositive();
        assertThat(run("kv", "get", "orders", "k1").out()).isEqualTo("v1" + System.lineSeparator());
        JsonNode entry = json(ExitCode.OK, "kv", "get", "orders", "k1");
        assertThat(entry.path("version").asLong()).isEqualTo(lsn);

        assertThat(run("kv", "cas", "orders", "k1", "--expect", "v1", "--set", "v2")
                        .status())
                .isZero();
        assertFails(
                ExitCode.REFUSED,
                "the value of 'k1' is 'v2'",
                "kv",
                "cas",
                "orders",
                "k1",
                "--expect",
                "v1",
                "--set",
                "v3");
        assertFails(
                ExitCode.REFUSED,
                "the value of 'k1' is 'v2'",
                "kv",
                "cas",
                "orders",
                "k1",
                "--expect-absent",
                "--remove");
        run("kv", "put", "orders", "k2", "zwei");
        JsonNode page = json(ExitCode.OK, "kv", "scan", "orders", "--prefix", "k");
        assertThat(page.path("entries").findValuesAsText("value")).containsExactly("v2", "zwei");
        assertThat(json(ExitCode.OK, "kv", "scan", "orders", "--prefix", "k", "--limit", "1")
                        .path("more")
                        .asBoolean())
                .isTrue();

        assertThat(run("kv", "delete", "orders", "k1").status()).isZero();
        assertFails(ExitCode.NOT_FOUND, "no key 'k1'", "kv", "get", "orders", "k1");
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
    void concernsConsistenciesAndReplicasMayBeChosen() throws IOException {
        String lsn = "";
        for (String concern : List.of("majority", "all", "quorum=2")) {
            JsonNode put = json(ExitCode.OK, "kv", "put", "orders", "chosen", "v", "--concern", concern);
            assertThat(put.path("missing")).isEmpty();
            lsn = put.path("lsn").asText();
        }
        assertThat(run("kv", "put", "orders", "chosen", "v", "--concern", "one").status())
                .isZero();
        for (String level : List.of("linearizable", "bounded=0s", "session=" + lsn)) {
            for (String replica : List.of("primary", "secondary-preferred", "nearest")) {
                assertThat(run("kv", "get", "orders", "chosen", "--consistency", level, "--read-from", replica)
                                .out())
                        .isEqualTo("v" + System.lineSeparator());
            }
        }
        assertFails(ExitCode.USAGE, "'fresh' is none of", "kv", "get", "orders", "chosen", "--consistency", "fresh");
        assertFails(ExitCode.USAGE, "'me' is none of", "kv", "scan", "orders", "--read-from", "me");
        assertFails(ExitCode.USAGE, "'quorum=0'", "kv", "delete", "orders", "chosen", "--concern", "quorum=0");
    }

    @Test
    void linesAreAppendedAndReadBackInOrderAndFramesByteForByte() throws IOException {
        Path lines = Files.writeString(directory.resolve("lines"), "one\n\nthree, without an end");
        JsonNode appended = json(ExitCode.OK, "log", "append", "events", "--input", lines.toString());
        assertThat(appended.path("appended").asInt()).isEqualTo(3);
        String from = Long.toString(appended.path("lastLsn").asLong() - 2);
        assertThat(tail("events", "--from", from))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("one\n\nthree, without an end\n");

        byte[] frames = {0, 0, 0, 3, (byte) 0xff, 0, '\n', 0, 0, 0, 0};
        Path framed = Files.write(directory.resolve("frames"), frames);
        appended = json(ExitCode.OK, "log", "append", "events", "--framed", "--input", framed.toString());
        from = Long.toString(appended.path("lastLsn").asLong() - 1);
        assertThat(tail("events", "--framed", "--from", from)).isEqualTo(frames);
        JsonNode object = json(ExitCode.OK, "log", "tail", "events", "--from", from);
        assertThat(object.path("entries").path(0).path("entryBase64").asText()).isEqualTo("/wAK");
        assertThat(object.path("next").asLong())
                .isEqualTo(appended.path("lastLsn").asLong() + 1);
    }

    @Test
    void theLogOfAnyShardIsReadByLsn() throws IOException {
        long first = json(ExitCode.OK, "kv", "put", "orders", "t1", "tailed value")
                .path("lsn")
                .asLong();
        json(ExitCode.OK, "kv", "put", "orders", "t2", "another");
        String from = Long.toString(first);
        assertThat(tail("orders", "--from", from))
                .asString(StandardCharsets.UTF_8)
                .contains("tailed value", "another");
        JsonNode object = json(ExitCode.OK, "log", "tail", "orders", "--from", from);
        assertThat(object.path("entries").path(0).path("lsn").asLong()).isEqualTo(first);
        assertThat(tail("orders", "--from", "1000000")).isEmpty();
    }

    /** What the command writes to standard output itself: bytes, not text. */
    private static byte[] tail(String... args) {
        List<String> all = new ArrayList<>(List.of("log", "tail"));
        all.addAll(List.of(args));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(run(all.toArray(String[]::new)).status()).isZero();
        } finally {
            System.setOut(before);
        }
        return bytes.toByteArray();
    }

    @Test
    void badInputOfALogIsNamedByItsByteWithWhatWasAppendedBefore() throws IOException {
        Path cut = Files.write(directory.resolve("cut"), new byte[] {0, 0, 0, 1, 'x', 0, 0, 0, 9, 'y'});
        assertFails(
                ExitCode.USAGE,
                "byte 5: the input ends after 1 of a frame's 9 bytes; 1 entry was appended, at lsn ",
                "log",
                "append",
                "events",
                "--framed",
                "--input",
                cut.toString());
        assertFails(
                ExitCode.USAGE,
                "--input: there is no file",
                "log",
                "append",
                "events",
                "--input",
                directory + "/nowhere");
        assertFails(
                ExitCode.USAGE, "'--from': '0' is not a number of 1 or more", "log", "tail", "events", "--from", "0");
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
        String node = nodes.address(3);
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
        nodes.start(4);
        JsonNode added = json(ExitCode.OK, "peers", "add", "moving", nodes.address(4), "--observer");
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
