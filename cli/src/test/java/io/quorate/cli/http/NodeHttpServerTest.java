package io.quorate.cli.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quorate.cli.tls.TestCertificates;
import io.quorate.cli.tls.TlsMaterial;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.host.ShardDirectory;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.PeerId;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class NodeHttpServerTest {
    private static final PeerId N1 = new PeerId(new NodeId("n1"), new Incarnation(0xabc));

    @TempDir
    private Path directory;

    private final HealthCheck health = new HealthCheck(N1.node());
    private final MetricRegistry registry = new MetricRegistry();
    private final MetricsPage metrics = new MetricsPage(registry, health);
    private NodeHttpServer server;

    private NodeHttpServer start(int port, Optional<TlsMaterial> tls) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        server = NodeHttpServer.start(address, tls, health, metrics);
        return server;
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private HttpRequest.Builder request(String scheme, String path) {
        return HttpRequest.newBuilder(
                URI.create(scheme + "://127.0.0.1:" + server.address().getPort() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient().send(request("http", path).build(), BodyHandlers.ofString());
    }

    @Test
    void healthAndReadinessFollowThePhase() throws Exception {
        start(0, Optional.empty());
        assertThat(get("/health").statusCode()).isEqualTo(200);
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).contains("\"phase\":\"starting\"");
        health.watch(N1, Optional::empty);
        assertThat(get("/ready").body()).contains("\"phase\":\"not-in-a-cluster\"");
        health.watch(N1, () -> Optional.of(new NothingServed()));
        HttpResponse<String> ready = get("/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json; charset=utf-8");
        var json = JsonMapper.builder().build().readTree(ready.body());
        assertThat(json.get("node").asText()).isEqualTo("n1");
        assertThat(json.get("phase").asText()).isEqualTo("serving");
        assertThat(json.get("shards").size()).isZero();
        health.drain();
        assertThat(get("/ready").body()).contains("\"phase\":\"draining\"");
    }

    @Test
    void metricsComeAsTextOrOpenMetrics() throws Exception {
        registry.counter("quorate.demo;kind=a").inc(3);
        start(0, Optional.empty());
        HttpResponse<String> plain = get("/metrics");
        assertThat(plain.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(plain.body()).contains("quorate_demo_total{kind=\"a\",} 3.0", "quorate_node_ready 0.0");
        HttpResponse<String> open = HttpClient.newHttpClient()
                .send(
                        request("http", "/metrics")
                                .header("Accept", "application/openmetrics-text; version=1.0.0")
                                .build(),
                        BodyHandlers.ofString());
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void otherPathsAndMethodsAreRefusedWithWhatThereIs() throws Exception {
        start(0, Optional.empty());
        HttpResponse<String> missing = get("/metric");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).contains("/metrics, /health, /ready");
        HttpResponse<String> post = HttpClient.newHttpClient()
                .send(
                        request("http", "/health")
                                .POST(BodyPublishers.ofString("x"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
        HttpResponse<String> head = HttpClient.newHttpClient()
                .send(
                        request("http", "/health")
                                .method("HEAD", BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void aPageThatFailsIsAnErrorAndTheServerGoesOn() throws Exception {
        registry.counter("not;a;name");
        start(0, Optional.empty());
        HttpResponse<String> broken = get("/metrics");
        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).contains("label 'a' has no value");
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    @Timeout(120)
    void clientsThatNeverEndTheirRequestGiveTheirThreadsBack() throws Exception {
        start(0, Optional.empty());
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) { // three times the threads
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.address().getPort());
                slow.add(socket);
                socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: n1\r\nX-Slow: ".getBytes(US_ASCII));
            }
            Awaitility.await("the server answers others again")
                    .atMost(Duration.ofSeconds(90))
                    .ignoreExceptions()
                    .until(() -> get("/health").statusCode() == 200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    @Timeout(120)
    void aClientThatDoesNotReadItsAnswerGivesItsThreadBack() throws Exception {
        for (int i = 0; i < 40_000; i++) { // more than the sockets of both sides hold
            registry.counter("quorate.demo;kind=" + "x".repeat(200) + i).inc();
        }
        start(0, Optional.empty());
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4096);
                socket.connect(server.address());
                slow.add(socket);
                socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: n1\r\n\r\n".getBytes(US_ASCII));
            }
            Awaitility.await("the server answers others again")
                    .atMost(Duration.ofSeconds(90))
                    .ignoreExceptions()
                    .until(() -> get("/health").statusCode() == 200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        start(0, Optional.empty());
        InetSocketAddress taken = server.address();
        assertThatThrownBy(() -> NodeHttpServer.start(taken, Optional.empty(), health, metrics))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Integer.toString(taken.getPort()))
                .hasMessageContaining("is another process using the port?");
    }

    @Test
    void withMutualTlsOnlyTrustedCertificatesGetAnAnswer() throws Exception {
        TlsFiles own = TestCertificates.make(directory, "own", "EC");
        TlsFiles stranger = TestCertificates.make(directory, "stranger", "EC");
        start(0, Optional.of(TlsMaterial.load(own)));
        assertThat(secureGet(TlsMaterial.load(own).context()).statusCode()).isEqualTo(200);
        TlsFiles strangerWhoTrustsUs = new TlsFiles(stranger.certificate(), stranger.privateKey(), own.trusted(), true);
        assertThatThrownBy(() -> secureGet(TlsMaterial.load(strangerWhoTrustsUs).context()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> secureGet(TlsMaterial.load(stranger).context()))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get("/health")).isInstanceOf(IOException.class);
    }

    @Test
    void withoutMutualTlsAClientNeedsNoCertificate() throws Exception {
        TlsFiles own = TestCertificates.make(directory, "own", "EC");
        TlsFiles oneSided = new TlsFiles(own.certificate(), own.privateKey(), own.trusted(), false);
        start(0, Optional.of(TlsMaterial.load(oneSided)));
        TlsMaterial trustOnly = TlsMaterial.load(own);
        TlsFiles other = TestCertificates.make(directory, "other", "EC");
        TlsMaterial client = new TlsMaterial(
                TlsMaterial.load(other).chain(),
                TlsMaterial.load(other).key(),
                List.copyOf(trustOnly.trusted()),
                false);
        assertThat(secureGet(client.context()).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> secureGet(SSLContext context) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(request("https", "/health").build(), BodyHandlers.ofString());
    }

    /** A node of a cluster that has no shard yet. */
    private static final class NothingServed implements ShardDirectory {
        @Override
        public Optional<HostedShard> find(ShardId shard) {
            return Optional.empty();
        }

        @Override
        public List<HostedShard> all() {
            return List.of();
        }
    }
}
