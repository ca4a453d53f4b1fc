package io.quorate.tests.node;

import io.quorate.cli.node.ConfigFile;
import io.quorate.cli.node.NodeDaemon;
import io.quorate.cli.process.FreePorts;
import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.node.ClusterAdmin;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.topology.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Node daemons in this JVM, pages included, as their configuration files say. Not thread-safe. */
final class Daemons implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Function<String, Application> application;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, List<Integer>> ports = new TreeMap<>();
    private final Map<String, NodeDaemon> running = new TreeMap<>();

    /** @param application made for the node of a name, beside the key-value application */
    Daemons(Path directory, Function<String, Application> application) {
        this.directory = directory;
        this.application = application;
    }

    NodeDaemon start(String name) throws IOException {
        return start(name, "");
    }

    /** @param further lines of the configuration */
    NodeDaemon start(String name, String further) throws IOException {
        List<Integer> own = ports.computeIfAbsent(name, unused -> FreePorts.pick(2));
        Path file = Files.writeString(
                directory.resolve(name + ".yaml"), """
                node: %1$s
                listen: 127.0.0.1:%2$d
                http: 127.0.0.1:%3$d
                dataDirectory: %1$s
                memory: 32MiB
                preset: many-shards
                drain: 1s
                %4$s
                """.formatted(name, own.get(0), own.get(1), further));
        NodeDaemon daemon = NodeDaemon.start(
                ConfigFile.read(file),
                ApplicationCatalog.of(List.of(KvApplication::new, () -> application.apply(name))));
        running.put(name, daemon);
        return daemon;
    }

    void stop(String name) throws IOException {
        running.remove(name).close();
    }

    NodeDaemon node(String name) {
        return running.get(name);
    }

    HostedShard shard(String name, ShardId shard) {
        return node(name).node().host().orElseThrow().find(shard).orElseThrow();
    }

    String address(String name) {
        return "127.0.0.1:" + ports.get(name).get(0);
    }

    ClusterAdmin admin() {
        List<String> seeds = running.keySet().stream().map(this::address).toList();
        return new ClusterAdmin(seeds, Optional.empty(), PATIENCE, line -> {});
    }

    HttpResponse<String> get(String name, String path) {
        URI uri = URI.create("http://127.0.0.1:" + ports.get(name).get(1) + path);
        try {
            return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    boolean isReady(String name) {
        return get(name, "/ready").statusCode() == 200;
    }

    @Override
    public void close() throws IOException {
        for (NodeDaemon daemon : running.values()) {
            daemon.close();
        }
    }
}
