package io.quorate.statemachine.raft.power;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A file system of its own whose power can be cut: mounted from an image over a loop device, shut down without flushing its
 * journal, and mounted again. Needs root, loop devices, the file system's mkfs, and xfs_io (which shuts down ext4 too).
 */
final class PowerLossDisk implements AutoCloseable {
    private static final long COMMAND_SECONDS = 60;

    private final Path mountPoint;
    private final String device;

    private PowerLossDisk(Path mountPoint, String device) {
        this.mountPoint = mountPoint;
        this.device = device;
    }

    /** @param fileSystem xfs or ext4 */
    static PowerLossDisk create(Path work, String fileSystem) throws IOException {
        Path image = work.resolve(fileSystem + ".img");
        Path mountPoint = Files.createDirectories(work.resolve(fileSystem));
        run("truncate", "-s", "400M", image.toString());
        run("mkfs." + fileSystem, "-q", fileSystem.equals("xfs") ? "-f" : "-F", image.toString());
        String device = run("losetup", "-f", "--show", image.toString()).strip();
        PowerLossDisk disk = new PowerLossDisk(mountPoint, device);
        try {
            run("mount", device, mountPoint.toString());
        } catch (IOException e) {
            run("losetup", "-d", device);
            throw e;
        }
        return disk;
    }

    Path root() {
        return mountPoint;
    }

    /** From now on nothing reaches the disk any more, and every access fails. */
    void cutPower() throws IOException {
        run("xfs_io", "-F", "-x", "-c", "shutdown", mountPoint.toString());
    }

    /** Mounts what is left. Everything that had files open must be closed, or about to be. */
    void restorePower() throws IOException {
        unmount();
        run("mount", device, mountPoint.toString());
    }

    @Override
    public void close() throws IOException {
        try {
            unmount();
        } finally {
            run("losetup", "-d", device);
        }
    }

    /**
     * A division that failed closes its files in the background; and Ratis leaks the channel of a new segment whose header cannot be
     * written, which a collection closes.
     */
    private void unmount() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(COMMAND_SECONDS))
                .ignoreException(IOException.class)
                .until(() -> {
                    System.gc();
                    return run("umount", mountPoint.toString()).isEmpty();
                });
    }

    private static String run(String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("this machine cannot cut the power of a file system: " + List.of(command), e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("took more than " + COMMAND_SECONDS + " s: " + List.of(command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted: " + List.of(command), e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "this machine cannot cut the power of a file system (root, loop devices, mkfs, xfs_io?): "
                            + List.of(command) + " ended with " + process.exitValue() + ": " + output);
        }
        return output;
    }
}
