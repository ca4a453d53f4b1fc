package io.quorate.tests.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * A file system of its own whose power can be cut: an image over a loop device, mounted where a node keeps its data. Needs root, loop
 * devices, mkfs of the file system, and xfs_io (which shuts down ext4 too).
 */
final class PowerDisk implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path mountPoint;
    private final String device;
    private boolean mounted;

    private PowerDisk(Path mountPoint, String device) {
        this.mountPoint = mountPoint;
        this.device = device;
    }

    /**
     * Makes and mounts one.
     *
     * @param image file that it lives in
     * @param mountPoint directory that it covers
     * @param fileSystem xfs or ext4
     */
    static PowerDisk create(Path image, Path mountPoint, String fileSystem) throws IOException {
        Files.createDirectories(mountPoint);
        Shell.run("truncate", "-s", "600M", image.toString());
        Shell.run("mkfs." + fileSystem, "-q", fileSystem.equals("xfs") ? "-f" : "-F", image.toString());
        PowerDisk disk = new PowerDisk(
                mountPoint,
                Shell.run("losetup", "-f", "--show", image.toString()).strip());
        try {
            disk.mount();
            // ext4 makes it; a node takes an empty directory only.
            Files.deleteIfExists(mountPoint.resolve("lost+found"));
            return disk;
        } catch (IOException e) {
            disk.close();
            throw e;
        }
    }

    private void mount() throws IOException {
        Shell.run("mount", device, mountPoint.toString());
        mounted = true;
    }

    /** Writes back all that is not on the disk yet. */
    void sync() throws IOException {
        Shell.run("sync", "-f", mountPoint.toString());
    }

    /** From now on nothing reaches the disk any more, not even the journal in memory, and every access fails. */
    void cutPower() throws IOException {
        Shell.run("xfs_io", "-F", "-x", "-c", "shutdown", mountPoint.toString());
    }

    /** Mounts what is left. No process may have files open there, or it must be about to end. */
    void restorePower() throws IOException {
        unmount();
        mount();
    }

    private void unmount() {
        Awaitility.await("nobody at work in " + mountPoint)
                .atMost(PATIENCE)
                .ignoreException(IOException.class)
                .until(() -> Shell.run("umount", mountPoint.toString()).isEmpty());
        mounted = false;
    }

    @Override
    public void close() throws IOException {
        try {
            if (mounted) {
                unmount();
            }
        } finally {
            Shell.run("losetup", "-d", device);
        }
    }
}
