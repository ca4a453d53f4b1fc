package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.cli.process.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What commands have in common against a cluster: one JSON object, applications kept apart, nodes found, outages followed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CommandAnswersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Commands that start processes of their own; their errors are tried in {@link CommandTreeTest}. */
    private static final Set<String> OWN_PROCESSES =
            Set.of("quorate demo", "quorate bench append", "quorate bench read", "quorate bench failover");

    @TempDir
    private static Path directory;

    private static CommandCluster cluster;
    private static LocalNodes nodes;

    @BeforeAll
    static void foundACluster() throws IOException {
        cluster = new CommandCluster(directory, 4, "drain: 1s\n");
        nodes = cluster.nodes();
    }

    @AfterAll
    static void stop() throws IOException {
        cluster.close();
    }

    private static CommandRun run(String command) {
        return cluster.run(command.split(" "));
    }

    private static CommandRun runAt(String servers, String command) {
        return cluster.runAt(servers, command.split(" "));
    }

    private static JsonNode json(String command) throws IOException {
        return cluster.json(ExitCode.OK, command.split(" "));
    }

    @Test
    @Order(1)
    void everyCommandPrintsOneJsonObject() throws IOException {
        Path input = Files.writeString(directory.resolve("input"), "one\ntwo\n");
        Path config = Files.writeString(
                directory.resolve("spare.yaml"), "node: n9\nlisten: 127.0.0.1:7009\ndataDirectory: n9\n");
        Map<String, String> calls = new TreeMap<>();
        for (String call : List.of(
                "init",
                "status",
                "nodes list",
                "nodes remove n77 --yes",
                "shards list",
                "shards create brief",
                "shards upgrade orders --dry-run",
                "shards skip orders --lsn 1000000 --yes",
                "shards remove brief --yes",
                "peers list orders",
                "peers add orders " + nodes.address(1),
                "peers promote orders n1",
                "peers remove orders n77",
                "leader show orders",
                "leader transfer orders n1",
                "kv put orders k v",
                "kv get orders k",
                "kv cas orders k --expect v --set w",
                "kv scan orders",
                "kv delete orders k",
                "log append events --input " + input,
                "log tail events",
                "snapshot take orders")) {
            CommandRun run = run(call + " --json");
            JsonNode object = CommandCluster.ONE_OBJECT.readTree(run.out());
            assertThat(object.isObject()).as(call + ": " + run).isTrue();
            assertThat(object.has("error")).as(call + ": " + run).isEqualTo(run.status() != 0);
            if (object.has("error")) {
                assertThat(object.path("error").path("exit").asInt()).isEqualTo(run.status());
            }
            String[] words = call.split(" ");
            calls.put("quorate " + words[0], call);
            calls.put("quorate " + words[0] + " " + (words.length > 1 ? words[1] : ""), call);
        }
        for (List<String> local : List.of(
                List.of("completion", "--json"), List.of("node", "--config", config.toString(), "--check", "--json"))) {
            CommandRun run = CommandRun.of(local.toArray(String[]::new));
            assertThat(CommandCluster.ONE_OBJECT.readTree(run.out()).isObject()).isTrue();
            calls.put("quorate " + local.get(0), local.get(0));
        }
        assertThat(CommandTreeTest.everyCommand()
                        .filter(line -> line.getSubcommands().isEmpty())
                        .map(line -> line.getCommandSpec().qualifiedName()))
                .as("none is left out")
                .allMatch(name -> calls.containsKey(name) || OWN_PROCESSES.contains(name));
    }

    @Test
    @Order(2)
    void whatOneApplicationCannotReadIsNeverWrittenToIt() throws IOException {
        Path input = Files.writeString(directory.resolve("lines"), "one\n");
        long events = json("log tail events").path("next").asLong();
        long orders = json("log tail orders").path("next").asLong();
        Map<String, String> refused = Map.of(
                "kv put events k v",
                "shard events has application 'log', and this command is for 'kv': use 'quorate log append'",
                "kv delete events k",
                "use 'quorate log append' and 'quorate log tail'",
                "kv get events k",
                "use 'quorate log append' and 'quorate log tail'",
                "kv scan events",
                "use 'quorate log append' and 'quorate log tail'",
                "log append orders --input " + input,
                "shard orders has application 'kv', and this command is for 'log': use 'quorate kv'",
                "kv put meta k v",
                "shard meta is the cluster's own");
        refused.forEach((command, message) -> {
            CommandRun run = run(command);
            assertThat(run.status()).as(run.toString()).isEqualTo(ExitCode.USAGE.status());
            assertThat(run.err()).contains(message);
        });
        assertThat(json("log tail events").path("next").asLong()).isEqualTo(events);
        assertThat(json("log tail orders").path("next").asLong()).isEqualTo(orders);
    }

    @Test
    @Order(3)
    void aSeedThatIsDownIsMadeUpForByTheOthers() {
        String down = "127.0.0.1:" + FreePorts.pick(1).get(0);
        for (String command : List.of(
                "kv put orders k v", "kv get orders k", "log tail events", "shards list", "leader show orders")) {
            CommandRun run = runAt(down + "," + nodes.address(2), command);
            assertThat(run.status()).as(run.toString()).isZero();
        }
        awaitStatus(ExitCode.OK);
        CommandRun status = runAt(down + "," + nodes.address(2), "status");
        assertThat(status.status()).as("no node of the cluster: " + status).isZero();
        assertThat(status.out()).contains("3 of 3 nodes up", "n1", "n2", "n3", down);
    }

    @Test
    @Order(4)
    void nodesThatCameLaterAreFoundFromAnyOther() throws IOException {
        nodes.start(4);
        assertThat(run("peers add orders " + nodes.address(4)).status()).isZero();
        assertThat(run("shards create late --nodes n4").status()).isZero();
        for (int seed : new int[] {1, 4}) {
            String server = nodes.address(seed);
            assertThat(runAt(server, "status").out()).contains("n1", "n2", "n3", "n4");
            assertThat(runAt(server, "kv put late k " + seed).status()).isZero();
            assertThat(runAt(server, "kv get late k").out()).startsWith(Integer.toString(seed));
            assertThat(runAt(server, "log append events --input " + directory.resolve("lines"))
                            .status())
                    .isZero();
            assertThat(runAt(server, "snapshot take late").out()).contains("n4");
        }
    }

    @Test
    @Order(5)
    void aFollowerOfALogGoesOnWhenTheClusterComesBack() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Thread follower = new Thread(
                () -> Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                        .execute("log", "tail", "events", "--follow", "--json", "--server", nodes.servers(3)),
                "follower");
        follower.start();
        try {
            append("before");
            await().atMost(PATIENCE).until(() -> out.toString().contains("before"));
            nodes.stopAll();
            await().atMost(PATIENCE).until(() -> err.toString().contains("log tail: waiting for a leader, at lsn "));
            for (int node = 1; node <= 4; node++) {
                nodes.start(node);
            }
            append("behind");
            await().atMost(PATIENCE).until(() -> out.toString().contains("behind"));
            await().atMost(PATIENCE).until(() -> err.toString().contains("log tail: goes on from lsn "));
            assertThat(err.toString())
                    .containsPattern("log tail: goes on from lsn \\d+, led by n[123]\\R")
                    .doesNotContain("TLS");
            assertThat(out.toString().lines()).as("each once").doesNotHaveDuplicates();
        } finally {
            follower.interrupt();
            follower.join(PATIENCE.toMillis());
        }
        assertThat(follower.isAlive()).isFalse();
    }

    @Test
    @Order(6)
    void statusTellsDownFromDegradedAndNamesTheNodeThatIsDown() throws IOException {
        awaitStatus(ExitCode.OK);
        nodes.stop(4);
        CommandRun down = awaitStatus(ExitCode.UNAVAILABLE);
        assertThat(down.out().lines().findFirst().orElseThrow())
                .contains(": down, 3 of 4 nodes up", "n4 does not answer", "late: no leader");
        assertThat(down.out()).containsPattern("(?m)^n4 +node at " + nodes.address(4) + " does not answer");

        nodes.start(4);
        awaitStatus(ExitCode.OK);
        assertThat(run("shards remove late --yes").status()).isZero();
        nodes.stop(4);
        CommandRun degraded = awaitStatus(ExitCode.PARTLY);
        assertThat(degraded.out().lines().findFirst().orElseThrow())
                .contains(": degraded, 3 of 4 nodes up", "n4 does not answer", "all shards serve")
                .as("3 of its 4 voters are left")
                .endsWith("not if one more voter is lost: orders");
        JsonNode status = cluster.json(ExitCode.PARTLY, "status");
        assertThat(status.path("state").asText()).isEqualTo("degraded");
        assertThat(status.path("nodesUp").asInt()).isEqualTo(3);
        assertThat(status.path("nodes").findValuesAsText("node")).contains("n1", "n2", "n3", "n4");
    }

    /** Who was elected, or lost, takes a moment to get around. */
    private static CommandRun awaitStatus(ExitCode code) {
        return await().atMost(PATIENCE).until(() -> run("status"), run -> run.status() == code.status());
    }

    private static void append(String entry) throws IOException {
        Path input = Files.writeString(directory.resolve("entry"), entry + "\n");
        CommandRun run = run("log append events --input " + input);
        assertThat(run.status()).as(run.toString()).isZero();
    }
}
