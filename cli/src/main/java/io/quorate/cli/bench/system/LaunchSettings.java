package io.quorate.cli.bench.system;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What a system is started with, the same for all systems of a comparison.
 *
 * @param directory new or empty; holds data and logs of all its servers
 * @param keepFiles whether the directory stays after the system is closed
 * @param jvmArgs options of each server JVM, for example {@code -Xmx512m}
 */
public record LaunchSettings(Path directory, boolean keepFiles, List<String> jvmArgs) {
    public LaunchSettings {
        Objects.requireNonNull(directory, "directory");
        jvmArgs = List.copyOf(jvmArgs);
    }
}
