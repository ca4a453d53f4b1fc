package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code log append --input -}: standard input, by lines and framed. */
class LogAppendInputTest {
    @TempDir
    private static Path directory;

    private static LocalNodes nodes;

    private final InputStream before = System.in;

    @BeforeAll
    static void foundACluster() throws IOException {
        nodes = new LocalNodes(directory, 1, "drain: 1s\n");
        nodes.start(1);
        assertThat(run("init").status()).isZero();
    }

    @AfterAll
    static void stop() throws IOException {
        nodes.close();
    }

    @AfterEach
    void giveStandardInputBack() {
        System.setIn(before);
    }

    private static CommandRun run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--server", nodes.address(1), "--timeout", "60s"));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static CommandRun append(String shard, byte[] input, String... options) {
        assertThat(run("shards", "create", shard, "--application", "log").status())
                .isZero();
        System.setIn(new ByteArrayInputStream(input));
        List<String> args = new ArrayList<>(List.of("log", "append", shard, "--input", "-"));
        args.addAll(List.of(options));
        return run(args.toArray(String[]::new));
    }

    private static byte[] framed(byte[]... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (byte[] entry : entries) {
            out.writeInt(entry.length);
            out.write(entry);
        }
        return bytes.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void eachLineOfStandardInputIsAnEntry() {
        CommandRun run = append("lines", utf8("one\ntwo\n\nthree without an end"), "--json");
        assertThat(run.status()).as(run.toString()).isZero();
        assertThat(run.out()).contains("\"appended\":4");
        assertThat(run("log", "tail", "lines", "--json").out())
                .containsSubsequence("one", "two", "three without an end");
    }

    @Test
    void framedEntriesMayHoldAnyBytes() throws IOException {
        CommandRun run = append("frames", framed(utf8("two\nlines"), utf8("last")), "--framed", "--json");
        assertThat(run.status()).as(run.toString()).isZero();
        assertThat(run.out()).contains("\"appended\":2");
        assertThat(run("log", "tail", "frames", "--json").out()).contains("two\\nlines", "last");
    }

    @Test
    void inputThatEndsWithinAnEntryAppendsWhatCameBefore() throws IOException {
        byte[] whole = framed(utf8("whole"), utf8("cut short"));
        byte[] cut = Arrays.copyOf(whole, whole.length - 3);
        CommandRun run = append("cut", cut, "--framed");
        assertThat(run.status()).as(run.toString()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("--input -", "1 ");
        assertThat(run("log", "tail", "cut", "--json").out()).contains("whole").doesNotContain("cut short");
    }
}
