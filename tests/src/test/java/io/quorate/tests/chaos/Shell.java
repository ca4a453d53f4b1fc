package io.quorate.tests.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands of the operating system. */
final class Shell {
    private static final long SECONDS = 60;

    private Shell() {}

    /**
     * Runs a command to its end and returns what it printed.
     *
     * @throws IOException naming the command, if the machine has no such command or it fails
     */
    static String run(String... command) throws IOException {
        return run("", List.of(command));
    }

    /** The same with something to read. */
    static String run(String input, List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("this machine lacks what the test needs: " + command, e);
        }
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("took more than " + SECONDS + " s: " + command);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + command, e);
        }
        if (process.exitValue() != 0) {
            throw new IOException("this machine cannot do what the test needs (as root?): " + command + " ended with "
                    + process.exitValue() + ": " + output);
        }
        return output;
    }
}
