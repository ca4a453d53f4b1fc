package io.quorate.cli.command;

import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.AdminClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.grpc.GrpcTlsConfig;
import picocli.CommandLine.Option;

/** How a command reaches its cluster. A mixin. */
final class ClusterOptions {
    private static final Set<String> NOTHING_CHANGED =
            Set.of(AdminClient.UNREACHABLE, "NO_LEADER", "NOT_LEADER", "NOT_INITIALIZED");
    private static final Set<String> MISSING = Set.of("UNKNOWN_SHARD", "UNKNOWN_NODE", "UNKNOWN_PEER");
    private static final Set<String> UNCERTAIN = Set.of("METADATA_UNAVAILABLE", "INTERRUPTED", "BEHIND", "REMOVING");

    @Option(
            names = {"-s", "--server"},
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${QUORATE_SERVER:-127.0.0.1:7001}",
            description = "Nodes to ask, any of the cluster; QUORATE_SERVER if not given. Default: ${DEFAULT-VALUE}")
    private List<String> servers;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to try. Default: ${DEFAULT-VALUE}")
    private int timeoutSeconds;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Speak TLS; who signs the nodes' certificates (PEM).")
    private Path trusted;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate to show, for mutual TLS (PEM).")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key (PEM, PKCS #8).")
    private Path key;

    Duration timeout() {
        if (timeoutSeconds < 1) {
            throw new CommandFailure(ExitCode.USAGE, "--timeout must be 1 or more, not " + timeoutSeconds);
        }
        return Duration.ofSeconds(timeoutSeconds);
    }

    private List<String> servers() {
        try {
            servers.forEach(Peer::checkAddress);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--server: " + e.getMessage(), e);
        }
        return servers;
    }

    private Optional<TlsFiles> tls() {
        if (trusted == null) {
            return Optional.empty();
        }
        boolean mutual = certificate != null && key != null;
        return Optional.of(new TlsFiles(mutual ? certificate : trusted, mutual ? key : trusted, trusted, mutual));
    }

    /** Runs an operator's call and turns its refusal into an exit code. */
    <T> T admin(Consumer<String> progress, Function<ClusterAdmin, T> call) {
        try (ClusterAdmin admin = new ClusterAdmin(servers(), tls(), timeout(), progress)) {
            return call.apply(admin);
        } catch (AdminException e) {
            throw new CommandFailure(exitCode(e.error()), e.getMessage() + " [" + e.error() + "]", e);
        }
    }

    private static ExitCode exitCode(String error) {
        if (NOTHING_CHANGED.contains(error)) {
            return ExitCode.UNAVAILABLE;
        }
        if (MISSING.contains(error)) {
            return ExitCode.NOT_FOUND;
        }
        if (UNCERTAIN.contains(error)) {
            return ExitCode.INDETERMINATE;
        }
        return error.equals("FAILED") ? ExitCode.FAILED : ExitCode.REFUSED;
    }

    /** A client of the cluster; the caller closes it. */
    QuorateClient client() {
        ClientConfig config = ClientConfig.of(servers().toArray(String[]::new)).withTimeout(timeout());
        Optional<TlsFiles> tls = tls();
        if (tls.isPresent()) {
            TlsFiles files = tls.get();
            config = config.withTls(new GrpcTlsConfig(
                    files.mutual() ? files.privateKey().toFile() : null,
                    files.mutual() ? files.certificate().toFile() : null,
                    files.trusted().toFile(),
                    files.mutual()));
        }
        return QuorateClient.create(config);
    }
}
