package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A cluster of three nodes in this JVM, with a shard {@code orders} for keys and a shard {@code events} for entries, and its commands. */
final class CommandCluster implements AutoCloseable {
    /** Refuses anything behind the one object that {@code --json} promises. */
    static final JsonMapper ONE_OBJECT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final LocalNodes nodes;

    /**
     * @param most how many nodes there may be
     * @param settings further lines of each configuration file
     */
    CommandCluster(Path directory, int most, String settings) throws IOException {
        nodes = new LocalNodes(directory, most, settings);
        for (int node = 1; node <= 3; node++) {
            nodes.start(node);
        }
        assertThat(run("init").status()).isZero();
        assertThat(run("shards", "create", "orders").status()).isZero();
        assertThat(run("shards", "create", "events", "--application", "log").status())
                .isZero();
    }

    LocalNodes nodes() {
        return nodes;
    }

    CommandRun run(String... args) {
        return runAt(nodes.servers(3), args);
    }

    /** With other nodes to ask. */
    CommandRun runAt(String servers, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", servers, "--timeout", "60s"));
        return CommandRun.of(all.toArray(String[]::new));
    }

    JsonNode json(ExitCode expected, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--json");
        CommandRun run = run(all.toArray(String[]::new));
        assertThat(run.status()).as(run.toString()).isEqualTo(expected.status());
        return ONE_OBJECT.readTree(run.out());
    }

    void assertFails(ExitCode expected, String message, String... args) throws IOException {
        CommandRun run = run(args);
        assertThat(run.status()).as(run.toString()).isEqualTo(expected.status());
        assertThat(run.err()).contains(message).doesNotContain("\tat ");
        JsonNode error = json(expected, args).path("error");
        assertThat(error.path("exit").asInt()).isEqualTo(expected.status());
        assertThat(error.path("message").asText()).contains(message);
    }

    @Override
    public void close() throws IOException {
        nodes.close();
    }
}
