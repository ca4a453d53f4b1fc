package io.quorate.cli.bench.system;

import java.io.IOException;
import java.util.Map;

/** A replicated system that the harness can start on this machine, again and again, each time from nothing. */
public interface SystemUnderTest {
    /** Short and unique among the systems of one comparison, for example {@code ratis-tuned}. */
    String name();

    /** One line for the report: version and the settings that matter. */
    String description();

    /** What was chosen of it, by name, for the report; empty where there is nothing to choose. */
    default Map<String, String> settings() {
        return Map.of();
    }

    /**
     * Starts the server processes and returns when they have a leader and take load.
     *
     * @throws IOException when a process or a file cannot be opened
     * @throws RuntimeException when it did not become ready; nothing is left running then
     */
    RunningSystem start(LaunchSettings settings) throws IOException, InterruptedException;
}
