package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.quorate.cli.http.HealthCheck;
import io.quorate.cli.http.MetricsPage;
import io.quorate.cli.http.NodeHttpServer;
import io.quorate.cli.process.FreePorts;
import io.quorate.cli.tls.TestCertificates;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.topology.NodeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionFailuresTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "status --server here                     | '--server' (HOST:PORT): address 'here'",
                "status --timeout 0s                      | '0s' is not above zero",
                "status --timeout soon                    | 'soon' is not a duration",
                "status --tls-cert c.pem                  | --tls-cert and --tls-key go together",
                "status --tls-cert c.pem --tls-key k.pem  | whose certificates shall be trusted?",
                "status --tls-ca nowhere.pem              | nowhere.pem cannot be read",
                "kv put orders k                          | Missing required parameter: 'VALUE'",
                "kv cas orders k --set v                  | --expect",
                "kv cas orders k --expect a --expect-absent --set v | mutually exclusive",
                "kv get orders ''                         | index 1 (KEY): is empty",
                "kv get Orders k                          | index 0 (SHARD): shard 'Orders' must be",
                "log append events --input nowhere        | --input: there is no file nowhere",
                "demo --input nowhere                     | --input: there is no file nowhere",
                "node                                     | Missing required option: '--config=FILE'",
                "node --config nowhere.yaml               | --config: there is no file nowhere.yaml",
            })
    void wrongArgumentsAreNamed(String line, String message) {
        List<String> args = new ArrayList<>();
        for (String word : line.split(" +")) {
            args.add(word.equals("''") ? "" : word);
        }
        CommandRun run = CommandRun.of(args.toArray(String[]::new));
        assertThat(run.status()).as(run.toString()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
    }

    @Test
    void whereNobodyListensNothingIsChangedAndThatIsSaid() {
        String nobody = "127.0.0.1:" + FreePorts.pick(1).get(0);
        for (String command : List.of(
                "shards list",
                "kv get orders k",
                "kv put orders k v",
                "shards create orders",
                "shards remove orders --yes",
                "peers remove orders n1",
                "leader transfer orders n1",
                "snapshot take orders",
                "shards upgrade orders --dry-run",
                "log tail orders",
                "init")) {
            CommandRun run = runAt(nobody, List.of(command.split(" ")));
            assertThat(run.status()).as(command + run).isEqualTo(ExitCode.UNAVAILABLE.status());
            assertThat(run.err())
                    .as("who, and why")
                    .contains(nobody, "Connection refused")
                    .doesNotContain("may have been done", "Exception");
            assertThat(run.err().lines()).as("told once").doesNotHaveDuplicates();
        }
        CommandRun status = runAt(nobody, List.of("status"));
        assertThat(status.status()).isEqualTo(ExitCode.UNAVAILABLE.status());
        assertThat(status.out()).contains(nobody, "Connection refused");
    }

    /** The time limit is that of the command, not of this test: 30 s where somebody answers. */
    @Test
    @Timeout(25)
    void whereNobodyListensACommandDoesNotTryForItsWholeTime() {
        String nobody = "127.0.0.1:" + FreePorts.pick(1).get(0);
        CommandRun run = CommandRun.of("kv", "get", "orders", "k", "--server", nobody);
        assertThat(run.status()).as(run.toString()).isEqualTo(ExitCode.UNAVAILABLE.status());
        assertThat(run.err())
                .contains("node at " + nobody, "Connection refused", "is --server right?")
                .doesNotContain("(..)", "errno", "error(");
    }

    @Test
    void beforeInitCommandsSaySoAtOnce() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 1, "")) {
            nodes.start(1);
            String node = nodes.address(1);
            for (String command : List.of(
                    "kv put orders k v",
                    "log tail orders",
                    "shards create orders",
                    "shards list",
                    "snapshot take orders")) {
                CommandRun run = runAt(node, "1h", List.of(command.split(" ")));
                assertThat(run.status()).as(command).isEqualTo(ExitCode.UNAVAILABLE.status());
                assertThat(run.err()).contains("not initialised", node, "'quorate init'");
            }
            CommandRun status = runAt(node, List.of("status"));
            assertThat(status.status()).isEqualTo(ExitCode.UNAVAILABLE.status());
            assertThat(status.out())
                    .contains("n1", "not initialised", "quorate init --server " + node)
                    .doesNotContain("phase", "incarnation");
            assertThat(runAt(node, List.of("status", "--json")).out()).contains("\"initialised\":false");

            CommandRun init = runAt(node, "60s", List.of("init"));
            assertThat(init.status()).as(init.toString()).isZero();
            assertThat(init.err()).contains("warning: the metadata shard has 1 voter:");
            CommandRun after = runAt(node, "60s", List.of("status", "--json"));
            assertThat(after.err()).contains("warning: the metadata shard has 1 voter:");
            assertThat(after.out()).doesNotContain("warning");
        }
    }

    private static CommandRun runAt(String server, List<String> command) {
        return runAt(server, "1s", command);
    }

    private static CommandRun runAt(String server, String timeout, List<String> command) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of("--server", server, "--timeout", timeout));
        return CommandRun.of(args.toArray(String[]::new));
    }

    @Test
    void aPortForHttpIsTakenForWhatItIs() throws Exception {
        HealthCheck health = new HealthCheck(new NodeId("n1"));
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (NodeHttpServer http =
                NodeHttpServer.start(free, Optional.empty(), health, new MetricsPage(new MetricRegistry(), health))) {
            CommandRun run =
                    runAt("127.0.0.1:" + http.address().getPort(), "1h", List.of("kv", "put", "orders", "k", "v"));
            assertThat(run.status()).isEqualTo(ExitCode.UNAVAILABLE.status());
            assertThat(run.err()).contains("this is a port for HTTP", "'listen'");
        }
    }

    @Test
    void aPortInUseIsToldWithTheLineThatNamesIt() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(
                    directory.resolve("n.yaml"),
                    "node: n1\ndataDirectory: data\nlisten: 127.0.0.1:" + other.getLocalPort() + "\n");
            CommandRun run = CommandRun.of("node", "--config", file.toString());
            assertThat(run.status()).as("as for a data directory in use").isEqualTo(ExitCode.REFUSED.status());
            assertThat(run.err())
                    .contains(file + ":3: cannot listen at 127.0.0.1:" + other.getLocalPort(), "'listen'", "ss -ltnp")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void aNodeIsCheckedWithoutBeingStarted() throws Exception {
        Path file = Files.writeString(
                directory.resolve("n.yaml"), "node: n1\nlisten: 127.0.0.1:7001\ndataDirectory: data\n");
        CommandRun run = CommandRun.of("node", "--config", file.toString(), "--check", "--json");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("\"node\":\"n1\"");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aDataDirectoryOfAnotherNodeIsRefused() throws Exception {
        try (LocalNodes nodes = new LocalNodes(directory, 2, "")) {
            nodes.start(1);
        }
        Path file = Files.writeString(
                directory.resolve("n2.yaml"),
                "node: n2\nlisten: 127.0.0.1:" + FreePorts.pick(1).get(0) + "\ndataDirectory: n1\n");
        CommandRun run = CommandRun.of("node", "--config", file.toString());
        assertThat(run.status()).isEqualTo(ExitCode.REFUSED.status());
        assertThat(run.err()).contains("belongs to node n1, not to n2");
    }

    @Test
    void withMutualTlsOnlyTrustedCertificatesAreServed() throws Exception {
        TlsFiles own = TestCertificates.make(directory, "own", "EC");
        TlsFiles stranger = TestCertificates.make(directory, "stranger", "EC");
        String tls = "tls: {certificate: own.crt, key: own.key, ca: own.crt}\n";
        try (LocalNodes nodes = new LocalNodes(directory, 1, tls)) {
            nodes.start(1);
            assertThat(secure(nodes, own, "60s", "init").status()).isZero();
            assertThat(secure(nodes, own, "60s", "shards", "create", "orders").status())
                    .isZero();
            assertThat(secure(nodes, own, "60s", "kv", "put", "orders", "k", "v")
                            .status())
                    .isZero();
            assertThat(secure(nodes, own, "60s", "kv", "get", "orders", "k").out())
                    .startsWith("v");

            TlsFiles believes = new TlsFiles(stranger.certificate(), stranger.privateKey(), own.trusted(), true);
            for (TlsFiles wrong : List.of(stranger, believes)) {
                CommandRun run = secure(nodes, wrong, "1s", "shards", "list");
                assertThat(run.status()).as(run.toString()).isEqualTo(ExitCode.UNAVAILABLE.status());
                assertThat(run.err()).contains("--tls-c").doesNotContain("Exception");
                assertThat(secure(nodes, wrong, "1s", "kv", "get", "orders", "k")
                                .status())
                        .isEqualTo(ExitCode.UNAVAILABLE.status());
            }
            CommandRun plain = runAt(nodes.address(1), List.of("kv", "put", "orders", "k", "v"));
            assertThat(plain.status()).as(plain.toString()).isEqualTo(ExitCode.UNAVAILABLE.status());
            assertThat(plain.err()).contains("--tls-ca");
        }
    }

    @Test
    void tlsToANodeWithoutItIsToldAsThat() throws Exception {
        TlsFiles own = TestCertificates.make(directory, "own", "EC");
        try (LocalNodes nodes = new LocalNodes(directory, 1, "")) {
            nodes.start(1);
            CommandRun run = secure(nodes, own, "1h", "kv", "put", "orders", "k", "v");
            assertThat(run.status()).as(run.toString()).isEqualTo(ExitCode.UNAVAILABLE.status());
            assertThat(run.err()).contains("the node speaks no TLS");
        }
    }

    private static CommandRun secure(LocalNodes nodes, TlsFiles files, String timeout, String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(List.of("--server", nodes.address(1), "--timeout", timeout));
        args.addAll(List.of("--tls-ca", files.trusted().toString()));
        args.addAll(List.of("--tls-cert", files.certificate().toString()));
        args.addAll(List.of("--tls-key", files.privateKey().toString()));
        return CommandRun.of(args.toArray(String[]::new));
    }
}
