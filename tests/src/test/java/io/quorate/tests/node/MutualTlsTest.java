package io.quorate.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quorate.statemachine.client.ClientConfig;
import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.statemachine.service.AdminException;
import io.quorate.tests.cluster.Ledger;
import io.quorate.topology.NodeId;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.WriteConcern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three nodes that speak mutual TLS with one another, with clients and with operators, and with nobody else. */
class MutualTlsTest {
    private static final ShardId SHARD = new ShardId("orders");
    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir
    static Path directory;

    /** What each node shows; changed to let one come back with another certificate. */
    private static final Map<String, TlsFiles> FILES = new ConcurrentHashMap<>();

    private static Nodes nodes;
    private static TlsFiles own;
    private static TlsFiles foreign;

    @BeforeAll
    static void found() throws Exception {
        Authority authority = new Authority(directory, "authority");
        for (String node : List.of("n1", "n2", "n3")) {
            FILES.put(node, authority.sign(node));
        }
        own = authority.sign("client");
        foreign = new Authority(directory, "another").sign("stranger");
        nodes = new Nodes(directory, name -> new Ledger(), node -> Optional.of(FILES.get(node)));
        for (String node : List.of("n1", "n2", "n3")) {
            nodes.start(node);
        }
        try (ClusterAdmin admin = admin(own)) {
            admin.init(3);
            admin.createShard(SHARD, "kv", List.of(), 3);
        }
    }

    @AfterAll
    static void close() throws Exception {
        nodes.close();
    }

    private static ClusterAdmin admin(TlsFiles files) {
        return new ClusterAdmin(nodes.addresses(), Optional.of(files), Nodes.PATIENCE, line -> {});
    }

    private static GrpcTlsConfig showing(TlsFiles shown, TlsFiles trusting) {
        return new GrpcTlsConfig(
                shown.privateKey().toFile(),
                shown.certificate().toFile(),
                trusting.trusted().toFile(),
                true);
    }

    private static ClientConfig config() {
        return ClientConfig.of(nodes.addresses().toArray(String[]::new)).withTimeout(Nodes.PATIENCE);
    }

    private static AppendOutcome put(QuorateClient client, WriteConcern concern, Duration timeout) {
        Bytes command = KvCommand.put(Bytes.utf8("k"), Bytes.utf8("v")).encode();
        return client.shard(SHARD).appendAndWait(command, concern, timeout);
    }

    @Test
    void aShardServesWhileAMemberIsAwayAndTakesItBack() throws Exception {
        try (QuorateClient client = QuorateClient.create(config().withTls(showing(own, own)));
                ClusterAdmin admin = admin(own)) {
            assertThat(put(client, WriteConcern.MAJORITY, Nodes.PATIENCE)).isInstanceOf(Committed.class);
            String leader = admin.leader(SHARD).path("self").asText().split("\\.")[0];
            nodes.stop(leader);
            assertThat(put(client, WriteConcern.MAJORITY, Nodes.PATIENCE)).isInstanceOf(Committed.class);
            nodes.start(leader);
            assertThat(missing(put(client, WriteConcern.ALL, Nodes.PATIENCE))).isEmpty();
        }
    }

    @Test
    void aMemberThatComesBackWithACertificateOfAnotherAuthorityTakesNoPart() throws Exception {
        try (QuorateClient client = QuorateClient.create(config().withTls(showing(own, own)))) {
            TlsFiles right = FILES.get("n3");
            nodes.stop("n3");
            FILES.put("n3", foreign);
            nodes.start("n3");
            try {
                assertThat(put(client, WriteConcern.MAJORITY, Nodes.PATIENCE)).isInstanceOf(Committed.class);
                assertThat(missing(put(client, WriteConcern.ALL, SHORT)))
                        .singleElement()
                        .asString()
                        .startsWith("n3");
            } finally {
                nodes.stop("n3");
                FILES.put("n3", right);
                nodes.start("n3");
            }
            assertThat(missing(put(client, WriteConcern.ALL, Nodes.PATIENCE))).isEmpty();
        }
    }

    private static Iterable<String> missing(AppendOutcome outcome) {
        assertThat(outcome).isInstanceOf(Committed.class);
        return ((Committed) outcome).missing();
    }

    @Test
    void aNodeWithACertificateOfAnotherAuthorityCannotJoin() throws Exception {
        FILES.put("n4", foreign);
        nodes.start("n4");
        String address = nodes.address("n4");
        try (ClusterAdmin admin = new ClusterAdmin(nodes.addresses(), Optional.of(own), SHORT, line -> {})) {
            assertThatExceptionOfType(AdminException.class)
                    .isThrownBy(() -> admin.addPeer(SHARD, address, true))
                    .withMessageContaining(address)
                    .withMessageContaining("who signed the node's certificate is not trusted");
            assertThat(admin.leader(SHARD).path("peers").findValuesAsText("id"))
                    .noneMatch(id -> id.startsWith(new NodeId("n4").value() + "."));
        } finally {
            nodes.forget("n4");
        }
    }

    /** Who is not served. */
    enum Stranger {
        WITHOUT_A_CERTIFICATE("wants a certificate of the client") {
            @Override
            ClientConfig config() {
                return MutualTlsTest.config()
                        .withTls(new GrpcTlsConfig(null, null, own.trusted().toFile(), false));
            }
        },
        WITH_A_CERTIFICATE_OF_ANOTHER_AUTHORITY("wants a certificate of the client") {
            @Override
            ClientConfig config() {
                return MutualTlsTest.config().withTls(showing(foreign, own));
            }
        },
        THAT_TRUSTS_ANOTHER_AUTHORITY("who signed the node's certificate is not trusted") {
            @Override
            ClientConfig config() {
                return MutualTlsTest.config().withTls(showing(own, foreign));
            }
        },
        IN_PLAIN_TEXT("where the node speaks TLS") {
            @Override
            ClientConfig config() {
                return MutualTlsTest.config();
            }
        };

        private final String cause;

        Stranger(String cause) {
            this.cause = cause;
        }

        abstract ClientConfig config();
    }

    @ParameterizedTest
    @EnumSource
    void aClientIsRefusedByItsDeadlineWithTheCause(Stranger stranger) {
        try (QuorateClient client = QuorateClient.create(stranger.config())) {
            assertThat(put(client, WriteConcern.MAJORITY, SHORT))
                    .isInstanceOfSatisfying(Rejected.class, rejected -> assertThat(rejected.message())
                            .contains("TLS", stranger.cause));
        }
    }

    @Test
    void anOperatorWithACertificateOfAnotherAuthorityIsRefusedWithTheCause() {
        TlsFiles wrong = new TlsFiles(foreign.certificate(), foreign.privateKey(), own.trusted(), true);
        try (ClusterAdmin admin = new ClusterAdmin(nodes.addresses(), Optional.of(wrong), SHORT, line -> {})) {
            assertThatExceptionOfType(AdminException.class)
                    .isThrownBy(() -> admin.leader(SHARD))
                    .withMessageContaining("wants a certificate of the client");
        }
    }
}
