package io.quorate.cli.command;

import io.quorate.cli.tls.TlsException;
import io.quorate.cli.tls.TlsMaterial;
import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.grpc.GrpcTlsConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a command reaches its cluster. A mixin. */
final class ClusterOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Where no node answers at all, an address is wrong more often than all nodes are about to start. */
    private static final Duration REACH = Duration.ofSeconds(3);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-s", "--server"},
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${QUORATE_SERVER:-127.0.0.1:7001}",
            converter = Converters.Address.class,
            description =
                    "Nodes to ask first; they name the others. Default: QUORATE_SERVER if set, else 127.0.0.1:7001")
    private List<String> servers;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = "How long to try: 500ms, 2m, or seconds. Default: 30s, but 3s where no node answers")
    private Duration timeout;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            defaultValue = "${QUORATE_TLS_CA:-" + Option.NULL_VALUE + "}",
            description = "Speak TLS; who signs for the nodes. Default: QUORATE_TLS_CA")
    private Path trusted;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            defaultValue = "${QUORATE_TLS_CERT:-" + Option.NULL_VALUE + "}",
            description = "Certificate to show. Default: QUORATE_TLS_CERT")
    private Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "${QUORATE_TLS_KEY:-" + Option.NULL_VALUE + "}",
            description = "Its key. Default: QUORATE_TLS_KEY")
    private Path key;

    /** Nodes to ask first. */
    List<String> servers() {
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
        try {
            return Optional.of(load());
        } catch (TlsException e) {
            String option =
                    switch (e.part()) {
                        case CERTIFICATE -> "--tls-cert";
                        case KEY -> "--tls-key";
                        case CA -> "--tls-ca";
                    };
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private TlsFiles load() {
        TlsMaterial.loadTrusted(trusted);
        if (key == null) {
            return new TlsFiles(trusted, trusted, trusted, false);
        }
        TlsFiles files = new TlsFiles(certificate, key, trusted, true);
        TlsMaterial.load(files);
        return files;
    }

    /** Runs an operator's call. */
    <T> T admin(Consumer<String> progress, Function<ClusterAdmin, T> call) {
        return admin(progress, timeout(), call);
    }

    /** The same with another patience. */
    <T> T admin(Consumer<String> progress, Duration patience, Function<ClusterAdmin, T> call) {
        boolean brief = timeout == null && REACH.compareTo(patience) < 0;
        try (ClusterAdmin admin = new ClusterAdmin(servers, tls(), patience, brief ? REACH : patience, progress)) {
            try {
                return call.apply(admin);
            } catch (AdminException e) {
                throw Failures.ofAdmin(e, admin.mayHaveChanged());
            }
        }
    }

    /** The shard, which must exist. */
    ShardDescriptor find(Consumer<String> progress, ShardId shard) {
        return admin(progress, admin -> admin.find(shard));
    }

    /** How long a command may take. */
    Duration timeout() {
        return timeout == null ? PATIENCE : timeout;
    }

    /** A client that finds the shard, wherever it is; the caller closes it. */
    QuorateClient client(ShardDescriptor shard) {
        return client(shard, timeout());
    }

    /** The same with another patience. */
    QuorateClient client(ShardDescriptor shard, Duration patience) {
        Set<String> seeds = new LinkedHashSet<>(servers);
        shard.peers().stream().map(Peer::address).forEach(seeds::add);
        ClientConfig config = ClientConfig.of(seeds.toArray(String[]::new)).withTimeout(patience);
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
