package io.quorate.cli.bench.report;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where and on what a comparison was measured.
 *
 * @param startedAt when the first run began
 * @param machine operating system, Java and processors, in one line
 * @param storage file system of the servers' data, in one line
 * @param descriptions one line for each system, by its name
 * @param settings what was chosen of each system that has a choice, by its name
 */
public record ReportHeader(
        Instant startedAt,
        String machine,
        String storage,
        Map<String, String> descriptions,
        Map<String, Map<String, String>> settings) {
    public ReportHeader {
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(machine, "machine");
        Objects.requireNonNull(storage, "storage");
        descriptions = Map.copyOf(new TreeMap<>(descriptions));
        settings = Map.copyOf(settings);
    }

    String descriptionOf(String system) {
        return descriptions.getOrDefault(system, system);
    }
}
