package io.quorate.cli.bench.system;

/**
 * A process whose CPU time is shown in the report.
 *
 * @param name unique within the system
 * @param pid process id on this machine
 */
public record ServerProcess(String name, long pid) {
    public ServerProcess {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a server needs a name, pid " + pid);
        }
        if (pid <= 0) {
            throw new IllegalArgumentException("pid of " + name + " <= 0: " + pid);
        }
    }
}
