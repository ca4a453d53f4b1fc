package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.process.FreePorts;
import io.quorate.cli.tls.TestCertificates;
import io.quorate.statemachine.raft.TlsFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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
                "status --server here                     | --server: address 'here'",
                "status --timeout 0s                      | '0s' is not above zero",
                "status --timeout soon                    | 'soon' is not a duration",
                "status --tls-cert c.pem                  | --tls-cert and --tls-key go together",
                "status --tls-cert c.pem --tls-key k.pem  | whose certificates shall be trusted?",
                "status --tls-ca nowhere.pem              | nowhere.pem cannot be read",
                "kv put orders k                          | Missing required parameter: 'VALUE'",
                "kv cas orders k --set v                  | --expect",
                "kv cas orders k --expect a --expect-absent --set v | mutually exclusive",
                "kv get orders ''                         | the key is empty",
                "init --voters 0                          | --voters must be 1 or more",
                "node                                     | Missing required option: '--config=FILE'",
                "node --config nowhere.yaml               | nowhere.yaml: there is no such file",
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
    void whereNobodyListensReadsAreUnavailableAndChangesUncertain() {
        String nobody = "127.0.0.1:" + FreePorts.pick(1).get(0);
        for (List<String> read : List.of(List.of("shards", "list"), List.of("kv", "get", "orders", "k"))) {
            CommandRun run = runAt(nobody, read);
            assertThat(run.status()).as(read.toString()).isEqualTo(ExitCode.UNAVAILABLE.status());
            assertThat(run.err()).as("who, and why").contains(nobody, "Connection refused");
            assertThat(run.err().lines()).as("told once").doesNotHaveDuplicates();
        }
        CommandRun change = runAt(nobody, List.of("shards", "remove", "orders"));
        assertThat(change.status()).isEqualTo(ExitCode.INDETERMINATE.status());
        assertThat(change.err()).contains("the command may be repeated");
        CommandRun write = runAt(nobody, List.of("kv", "put", "orders", "k", "v"));
        assertThat(write.status()).as("never sent").isEqualTo(ExitCode.UNAVAILABLE.status());
        assertThat(write.err())
                .contains(nobody, "Connection refused", "do the nodes run")
                .doesNotContain(" INFO ");
    }

    private static CommandRun runAt(String server, List<String> command) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of("--server", server, "--timeout", "3s"));
        return CommandRun.of(args.toArray(String[]::new));
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
                assertThat(secure(nodes, wrong, "1s", "shards", "list").status())
                        .isEqualTo(ExitCode.UNAVAILABLE.status());
                assertThat(secure(nodes, wrong, "1s", "kv", "get", "orders", "k")
                                .status())
                        .isEqualTo(ExitCode.UNAVAILABLE.status());
            }
            CommandRun plain = runAt(nodes.address(1), List.of("kv", "get", "orders", "k"));
            assertThat(plain.status()).isEqualTo(ExitCode.UNAVAILABLE.status());
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
