package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.cli.tls.TestCertificates;
import io.quorate.statemachine.raft.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's commands where every port speaks TLS. */
class TlsCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private TlsFiles own;
    private Path input;

    @BeforeEach
    void makeFiles() throws Exception {
        own = TestCertificates.make(directory, "own", "EC");
        input = Files.writeString(directory.resolve("input"), "one\ntwo\n");
    }

    private static CommandRun run(List<String> tls, String servers, String timeout, String command) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(List.of("--server", servers, "--timeout", timeout));
        args.addAll(tls);
        return CommandRun.of(args.toArray(String[]::new));
    }

    private List<String> withoutCertificate() {
        return List.of("--tls-ca", own.trusted().toString());
    }

    private List<String> withCertificate() {
        return List.of(
                "--tls-ca",
                own.trusted().toString(),
                "--tls-cert",
                own.certificate().toString(),
                "--tls-key",
                own.privateKey().toString());
    }

    /** Runs each, and awaits a status in which all is well. */
    private static void assertThatAllSucceed(List<String> tls, String servers, List<String> commands) {
        for (String command : commands) {
            CommandRun run = run(tls, servers, "60s", command);
            assertThat(run.status()).as("%s: %s", command, run).isZero();
        }
        await("status")
                .atMost(PATIENCE)
                .until(() -> run(tls, servers, "60s", "status").status() == 0);
    }

    @Test
    void everyCommandWorksWithMutualTls() throws Exception {
        String settings = "drain: 1s\ntls: {certificate: own.crt, key: own.key, ca: own.crt}\n";
        try (LocalNodes nodes = new LocalNodes(directory, 4, settings)) {
            for (int node = 1; node <= 4; node++) {
                nodes.start(node);
            }
            List<String> tls = withCertificate();
            assertThatAllSucceed(
                    tls,
                    nodes.servers(3),
                    List.of(
                            "init",
                            "shards create orders",
                            "shards create events --application log",
                            "shards list",
                            "shards upgrade orders --dry-run",
                            "kv put orders k v",
                            "kv get orders k",
                            "kv get orders k --read-from secondary",
                            "kv cas orders k --expect v --set w",
                            "kv scan orders",
                            "kv delete orders k",
                            "log append events --input " + input,
                            "log tail events",
                            "peers list orders",
                            "peers add orders " + nodes.address(4) + " --role observer",
                            "peers promote orders n4",
                            "leader transfer orders n4",
                            "leader show orders",
                            "snapshot take orders",
                            "peers remove orders n1",
                            "shards create brief",
                            "shards remove brief --yes"));
            assertThat(run(tls, nodes.servers(3), "60s", "log tail events --json")
                            .out())
                    .contains("one", "two");
            assertThat(run(tls, nodes.servers(3), "60s", "peers list orders").out())
                    .contains("n2", "n3", "n4")
                    .doesNotContain("n1");
            for (String command : List.of("status", "shards list", "kv put orders k v", "peers remove orders n2")) {
                CommandRun refused = run(withoutCertificate(), nodes.servers(1), "1s", command);
                assertThat(refused.status()).as("%s: %s", command, refused).isEqualTo(ExitCode.UNAVAILABLE.status());
            }
        }
    }

    @Test
    void withoutMutualTheAuthorityIsEnoughAndPlainTextIsNot() throws Exception {
        String settings = "drain: 1s\ntls: {certificate: own.crt, key: own.key, ca: own.crt, mutual: false}\n";
        try (LocalNodes nodes = new LocalNodes(directory, 3, settings)) {
            for (int node = 1; node <= 3; node++) {
                nodes.start(node);
            }
            assertThatAllSucceed(
                    withoutCertificate(),
                    nodes.servers(3),
                    List.of(
                            "init",
                            "shards create orders",
                            "kv put orders k v",
                            "kv get orders k",
                            "leader transfer orders n2",
                            "snapshot take orders"));
            assertThat(run(withCertificate(), nodes.servers(3), "60s", "kv get orders k")
                            .out())
                    .as("one that shows a certificate is served, too")
                    .startsWith("v");
            TlsFiles stranger = TestCertificates.make(directory, "stranger", "EC");
            List<String> other = List.of("--tls-ca", stranger.trusted().toString());
            for (List<String> wrong : List.of(List.<String>of(), other)) {
                CommandRun run = run(wrong, nodes.servers(1), "1s", "kv get orders k");
                assertThat(run.status()).as("%s: %s", wrong, run).isEqualTo(ExitCode.UNAVAILABLE.status());
                assertThat(run.err()).contains("--tls-c").doesNotContain("Exception");
            }
        }
    }
}
