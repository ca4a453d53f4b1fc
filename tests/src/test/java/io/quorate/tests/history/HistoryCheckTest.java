package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryCheckTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int check(String... arguments) {
        return HistoryCheck.run(
                arguments,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private Path history(String secondRead) throws IOException {
        Path file = directory.resolve("history.jsonl");
        try (HistoryRecorder recorder = HistoryRecorder.create(file)) {
            ProcessRecorder process = recorder.newProcess();
            process.write("k", "1").ok();
            process.write("k", "2").ok();
            process.read("k").ok(secondRead);
        }
        return file;
    }

    @Test
    void aGoodFileEndsWithZero() throws IOException {
        Path file = history("2");
        assertThat(HistoryCheck.run(file).verdict()).isEqualTo(Verdict.LINEARIZABLE);
        assertThat(check(file.toString())).isEqualTo(HistoryCheck.EXIT_LINEARIZABLE);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("LINEARIZABLE: 3 operations on 1 keys");
    }

    @Test
    void aViolationIsPrintedAndEndsWithOne() throws IOException {
        Path file = history("1");
        assertThat(HistoryCheck.run(file).verdict()).isEqualTo(Verdict.VIOLATION);
        assertThat(check(file.toString())).isEqualTo(HistoryCheck.EXIT_VIOLATION);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("VIOLATION: 3 operations on 1 keys")
                .contains("key \"k\" is not linearizable");
    }

    @Test
    void aBadFileIsNamedWithTheLineAndEndsWithThree() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.jsonl"), "hello\n");
        assertThat(check(file.toString())).isEqualTo(HistoryCheck.EXIT_UNREADABLE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(file + " line 1: not JSON");
        assertThat(check(directory.resolve("none").toString())).isEqualTo(HistoryCheck.EXIT_UNREADABLE);
        assertThat(out.size()).isZero();
    }

    @Test
    void withoutOneFileItSaysHowItIsCalled() {
        assertThat(check()).isEqualTo(HistoryCheck.EXIT_UNREADABLE);
        assertThat(check("a", "b")).isEqualTo(HistoryCheck.EXIT_UNREADABLE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage: HistoryCheck FILE");
    }
}
