package io.quorate.tests.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What a run measured, a line each: printed, and kept in its directory. */
final class Report {
    private final Path directory;

    private Report(Path directory) {
        this.directory = directory;
    }

    /** Takes a new directory under {@code target/chaos}, where everything that a run leaves is kept. */
    static Report begin(String name, long seed) throws IOException {
        Path runs = Files.createDirectories(Path.of("target", "chaos").toAbsolutePath());
        Report report = new Report(Files.createTempDirectory(runs, name + "-"));
        report.add("-Dchaos.seed=" + seed + ", kept in " + report.directory);
        return report;
    }

    Path directory() {
        return directory;
    }

    void add(String line) throws IOException {
        String stamped = "chaos: " + line;
        System.out.println(stamped);
        Files.writeString(
                directory.resolve("report.txt"), stamped + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
