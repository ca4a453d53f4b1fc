package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.node.NodeDaemon;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does about a node that is dead, and hears when there is nothing to do. */
class NodesCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private static LocalNodes nodes;

    @BeforeAll
    static void foundACluster() throws IOException {
        nodes = new LocalNodes(directory, 4, "drain: 1s\n");
        for (int node = 1; node <= 3; node++) {
            nodes.start(node);
        }
        assertThat(run("init").status()).isZero();
        assertThat(run("shards create orders").status()).isZero();
    }

    @AfterAll
    static void stop() throws IOException {
        nodes.close();
    }

    private static CommandRun run(String command) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(List.of("--server", nodes.servers(3), "--timeout", "60s"));
        return CommandRun.of(args.toArray(String[]::new));
    }

    private static CommandRun run(ExitCode expected, String command) {
        CommandRun run = run(command);
        assertThat(run.status()).as(command + ": " + run).isEqualTo(expected.status());
        return run;
    }

    private static JsonNode node(String name) throws IOException {
        for (JsonNode node :
                JSON.readTree(run(ExitCode.OK, "nodes list --json").out()).path("nodes")) {
            if (node.path("node").asText().equals(name)) {
                return node;
            }
        }
        throw new AssertionError("no node " + name);
    }

    @Test
    void aDeadNodeIsTakenOutOfItsShardsThenOfTheClusterAndAllIsWell() throws IOException {
        NodeDaemon fourth = nodes.start(4);
        run(ExitCode.OK, "peers add orders " + nodes.address(4));
        assertThat(node("n4").path("answers").asBoolean()).isTrue();
        assertThat(node("n1").path("shards")).extracting(JsonNode::asText).contains("meta", "orders");
        fourth.close();

        assertThat(run(ExitCode.OK, "nodes list").out())
                .contains("n1 ", "member of meta, orders", "does not answer; member of orders");
        assertThat(node("n4").path("problem").asText()).contains(nodes.address(4));
        assertThat(run("status").status()).isNotZero();
        assertThat(run(ExitCode.REFUSED, "nodes remove n4 --yes").err())
                .contains("'quorate peers remove orders n4'", "[STILL_MEMBER]");
        assertThat(run(ExitCode.OK, "peers remove orders n4").err()).contains("was not deleted");
        assertThat(run(ExitCode.OK, "peers remove orders n4").err()).contains("node n4 is no member of shard orders");
        assertThat(node("n4").path("shards")).isEmpty();
        assertThat(run(ExitCode.USAGE, "nodes remove n4").err())
                .contains("n4.", "removed for good", "repeat with --yes");

        assertThat(run(ExitCode.OK, "nodes remove n4 --yes").out()).contains("node n4 is removed from the cluster");
        assertThat(run(ExitCode.OK, "nodes remove n4").err()).contains("was removed already");

        assertThat(run(ExitCode.OK, "nodes list").out()).contains("n3").doesNotContain("n4");
        assertThat(run(ExitCode.OK, "status").out()).doesNotContain("n4", nodes.address(4));
        assertThat(run(ExitCode.NOT_FOUND, "nodes remove n77 --yes").err()).contains("no node n77", "n1, n2, n3");
    }

    @Test
    void aShardThatExistsIsNotSaidToBeCreated() {
        assertThat(run(ExitCode.OK, "shards create twice --nodes n1,n2").out()).contains("shard twice is ready");
        CommandRun again = run(ExitCode.OK, "shards create twice --nodes n1,n2");
        assertThat(again.out()).contains("shard twice exists already, on n1 n2");
        assertThat(again.err()).doesNotContain("is being created");
    }

    @Test
    void fewVotersOfTheMetadataAreWarnedOf() {
        assertThat(run(ExitCode.OK, "peers remove meta n3").err())
                .contains("warning: the metadata shard has 2 voters", "quorate peers add meta");
        assertThat(run(ExitCode.OK, "peers add meta " + nodes.address(3)).err()).doesNotContain("warning");
    }
}
