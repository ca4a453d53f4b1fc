package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that write and read keys and entries: what they do, print, and end with. */
class DataCommandsTest {
    @TempDir
    private static Path directory;

    private static CommandCluster cluster;

    @BeforeAll
    static void foundACluster() throws IOException {
        cluster = new CommandCluster(directory, 3, "");
    }

    @AfterAll
    static void stop() throws IOException {
        cluster.close();
    }

    private static CommandRun run(String... args) {
        return cluster.run(args);
    }

    private static JsonNode json(ExitCode expected, String... args) throws IOException {
        return cluster.json(expected, args);
    }

    private static void assertFails(ExitCode expected, String message, String... args) throws IOException {
        cluster.assertFails(expected, message, args);
    }

    @Test
    void keysAreWrittenReadComparedScannedAndDeleted() throws IOException {
        long lsn =
                json(ExitCode.OK, "kv", "put", "orders", "k1", "v1").path("lsn").asLong();
        assertThat(lsn).isPositive();
        assertThat(run("kv", "get", "orders", "k1").out()).isEqualTo("v1" + System.lineSeparator());
        JsonNode entry = json(ExitCode.OK, "kv", "get", "orders", "k1");
        assertThat(entry.path("version").asLong()).isEqualTo(lsn);

        assertThat(run("kv", "cas", "orders", "k1", "--expect", "v1", "--set", "v2")
                        .status())
                .isZero();
        assertFails(
                ExitCode.REFUSED,
                "the value of 'k1' is 'v2'",
                "kv",
                "cas",
                "orders",
                "k1",
                "--expect",
                "v1",
                "--set",
                "v3");
        assertFails(
                ExitCode.REFUSED,
                "the value of 'k1' is 'v2'",
                "kv",
                "cas",
                "orders",
                "k1",
                "--expect-absent",
                "--remove");
        run("kv", "put", "orders", "k2", "zwei");
        JsonNode page = json(ExitCode.OK, "kv", "scan", "orders", "--prefix", "k");
        assertThat(page.path("entries").findValuesAsText("value")).containsExactly("v2", "zwei");
        assertThat(json(ExitCode.OK, "kv", "scan", "orders", "--prefix", "k", "--limit", "1")
                        .path("more")
                        .asBoolean())
                .isTrue();

        assertThat(run("kv", "delete", "orders", "k1").status()).isZero();
        assertFails(ExitCode.NOT_FOUND, "no key 'k1'", "kv", "get", "orders", "k1");
    }

    @Test
    void aConcernThatIsNotMetIsSaidAndHasItsOwnCode() throws IOException {
        cluster.nodes().stop(3);
        try {
            for (String write : List.of(
                    "kv put orders waits v1", "kv cas orders waits --expect v1 --set v2", "kv delete orders waits")) {
                CommandRun run = CommandRun.of((write + " --concern all --timeout 3s --json --server "
                                + cluster.nodes().servers(3))
                        .split(" "));
                assertThat(run.status()).as("%s: %s", write, run).isEqualTo(ExitCode.PARTLY.status());
                assertThat(CommandCluster.ONE_OBJECT.readTree(run.out()).path("missing"))
                        .singleElement()
                        .satisfies(voter -> assertThat(voter.asText()).startsWith("n3."));
            }
        } finally {
            cluster.nodes().start(3);
        }
    }

    @Test
    void concernsConsistenciesAndReplicasMayBeChosen() throws IOException {
        String lsn = "";
        for (String concern : List.of("majority", "all", "quorum=2")) {
            JsonNode put = json(ExitCode.OK, "kv", "put", "orders", "chosen", "v", "--concern", concern);
            assertThat(put.path("missing")).isEmpty();
            lsn = put.path("lsn").asText();
        }
        assertThat(run("kv", "put", "orders", "chosen", "v", "--concern", "one").status())
                .isZero();
        for (String level : List.of("linearizable", "bounded=0s", "session=" + lsn)) {
            for (String replica : List.of("primary", "secondary-preferred", "nearest")) {
                assertThat(run("kv", "get", "orders", "chosen", "--consistency", level, "--read-from", replica)
                                .out())
                        .isEqualTo("v" + System.lineSeparator());
            }
        }
        assertFails(ExitCode.USAGE, "'fresh' is none of", "kv", "get", "orders", "chosen", "--consistency", "fresh");
        assertFails(ExitCode.USAGE, "'me' is none of", "kv", "scan", "orders", "--read-from", "me");
        assertFails(ExitCode.USAGE, "'quorum=0'", "kv", "delete", "orders", "chosen", "--concern", "quorum=0");
    }

    @Test
    void linesAreAppendedAndReadBackInOrderAndFramesByteForByte() throws IOException {
        Path lines = Files.writeString(directory.resolve("lines"), "one\n\nthree, without an end");
        JsonNode appended = json(ExitCode.OK, "log", "append", "events", "--input", lines.toString());
        assertThat(appended.path("appended").asInt()).isEqualTo(3);
        String from = Long.toString(appended.path("lastLsn").asLong() - 2);
        assertThat(tail("events", "--from", from))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("one\n\nthree, without an end\n");

        byte[] frames = {0, 0, 0, 3, (byte) 0xff, 0, '\n', 0, 0, 0, 0};
        Path framed = Files.write(directory.resolve("frames"), frames);
        appended = json(ExitCode.OK, "log", "append", "events", "--framed", "--input", framed.toString());
        from = Long.toString(appended.path("lastLsn").asLong() - 1);
        assertThat(tail("events", "--framed", "--from", from)).isEqualTo(frames);
        JsonNode object = json(ExitCode.OK, "log", "tail", "events", "--from", from);
        assertThat(object.path("entries").path(0).path("entryBase64").asText()).isEqualTo("/wAK");
        assertThat(object.path("next").asLong())
                .isEqualTo(appended.path("lastLsn").asLong() + 1);
    }

    @Test
    void theLogOfAnyShardIsReadByLsn() throws IOException {
        long first = json(ExitCode.OK, "kv", "put", "orders", "t1", "tailed value")
                .path("lsn")
                .asLong();
        json(ExitCode.OK, "kv", "put", "orders", "t2", "another");
        String from = Long.toString(first);
        assertThat(tail("orders", "--from", from))
                .asString(StandardCharsets.UTF_8)
                .contains("tailed value", "another");
        JsonNode object = json(ExitCode.OK, "log", "tail", "orders", "--from", from);
        assertThat(object.path("entries").path(0).path("lsn").asLong()).isEqualTo(first);
        assertThat(tail("orders", "--from", "1000000")).isEmpty();
    }

    /** What the command writes to standard output itself: bytes, not text. */
    private static byte[] tail(String... args) {
        List<String> all = new ArrayList<>(List.of("log", "tail"));
        all.addAll(List.of(args));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(run(all.toArray(String[]::new)).status()).isZero();
        } finally {
            System.setOut(before);
        }
        return bytes.toByteArray();
    }

    @Test
    void badInputOfALogIsNamedByItsByteWithWhatWasAppendedBefore() throws IOException {
        Path cut = Files.write(directory.resolve("cut"), new byte[] {0, 0, 0, 1, 'x', 0, 0, 0, 9, 'y'});
        assertFails(
                ExitCode.USAGE,
                "byte 5: the input ends after 1 of a frame's 9 bytes; 1 entry was appended, at lsn ",
                "log",
                "append",
                "events",
                "--framed",
                "--input",
                cut.toString());
        assertFails(
                ExitCode.USAGE,
                "--input: there is no file",
                "log",
                "append",
                "events",
                "--input",
                directory + "/nowhere");
        assertFails(
                ExitCode.USAGE, "'--from': '0' is not a number of 1 or more", "log", "tail", "events", "--from", "0");
    }
}
