package io.quorate.cli.command;

import io.quorate.cli.node.DurationText;
import io.quorate.cli.tls.TlsMaterial;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.topology.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.grpc.GrpcTlsConfig;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How a command reaches its cluster. A mixin. */
final class ClusterOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-s", "--server"},
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${QUORATE_SERVER:-127.0.0.1:7001}",
            description = "Nodes to ask, any of the cluster; QUORATE_SERVER if not given. Default: ${DEFAULT-VALUE}")
    private List<String> servers;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = TimeoutConverter.class,
            description = "How long to try, for example 500ms or 2m. Default: ${DEFAULT-VALUE}")
    private Duration timeout;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Speak TLS; who signs the nodes' certificates (PEM).")
    private Path trusted;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Certificate to show, for mutual TLS (PEM).")
    private Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key (PEM, PKCS #8).")
    private Path key;

    private List<String> servers() {
        try {
            servers.forEach(Peer::checkAddress);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--server: " + e.getMessage(), e);
        }
        return servers;
    }

    private Optional<TlsFiles> tls() {
        if ((certificate == null) != (key == null)) {
            throw new ParameterException(spec.commandLine(), "--tls-cert and --tls-key go together");
        }
        if (trusted == null && key != null) {
            throw new ParameterException(
                    spec.commandLine(), "--tls-cert without --tls-ca: whose certificates shall be trusted?");
        }
        if (trusted == null) {
            return Optional.empty();
        }
        TlsMaterial.loadTrusted(trusted);
        if (key == null) {
            return Optional.of(new TlsFiles(trusted, trusted, trusted, false));
        }
        TlsFiles files = new TlsFiles(certificate, key, trusted, true);
        TlsMaterial.load(files);
        return Optional.of(files);
    }

    /** Runs an operator's call. */
    <T> T admin(Consumer<String> progress, Function<ClusterAdmin, T> call) {
        try (ClusterAdmin admin = new ClusterAdmin(servers(), tls(), timeout, progress)) {
            return call.apply(admin);
        }
    }

    /** A client of the cluster; the caller closes it. */
    QuorateClient client() {
        ClientConfig config = ClientConfig.of(servers().toArray(String[]::new)).withTimeout(timeout);
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

    /** Reads {@code 500ms} and the like, and a bare number as seconds. */
    static final class TimeoutConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration parsed;
            try {
                parsed = DurationText.parse(text.matches("\\d+") ? text + "s" : text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
            if (parsed.isZero() || parsed.compareTo(Duration.ofDays(1)) > 0) {
                throw new TypeConversionException("'" + text + "' is not above zero and up to 24h");
            }
            return parsed;
        }
    }
}
