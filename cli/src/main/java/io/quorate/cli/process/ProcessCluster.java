package io.quorate.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group of child processes and the one directory that holds their files.
 *
 * <p>{@link #close} kills every process with SIGKILL and removes the directory unless it is to be kept; a shutdown hook
 * does the same on Ctrl-C and on {@code System.exit}. Only a directory that did not exist, or was empty, is taken, so
 * that nothing else can be removed. Safe for use by several threads.
 */
public final class ProcessCluster implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ProcessCluster.class);

    private final Path directory;
    private final boolean keep;
    private final Thread hook;
    /** By name, in the order of their first start; an ended process stays until it is started again. */
    private final Map<String, ChildProcess> processes = new LinkedHashMap<>();

    private boolean closed;

    private ProcessCluster(Path directory, boolean keep) {
        this.directory = directory;
        this.keep = keep;
        this.hook = new Thread(this::stopAll, "process-cluster-shutdown");
    }

    /**
     * Takes a directory, creating it where needed.
     *
     * @param keep whether the directory and the logs in it stay after {@link #close}
     * @throws IllegalArgumentException when it holds files already
     */
    public static ProcessCluster open(Path directory, boolean keep) {
        try {
            Files.createDirectories(directory);
            try (Stream<Path> content = Files.list(directory)) {
                if (content.findAny().isPresent()) {
                    throw new IllegalArgumentException("not empty, and would be removed at the end: " + directory);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + directory + " for the files of child processes", e);
        }
        ProcessCluster cluster = new ProcessCluster(directory, keep);
        Runtime.getRuntime().addShutdownHook(cluster.hook);
        return cluster;
    }

    public Path directory() {
        return directory;
    }

    /** Where {@link JavaProcessSpec#log} of a process of this cluster goes. */
    public Path logOf(String name) {
        return directory.resolve(name + ".log");
    }

    /**
     * Starts a process.
     *
     * @throws IllegalStateException when one of this name is running, or the cluster is closed
     */
    public synchronized ChildProcess start(JavaProcessSpec spec) throws IOException {
        if (closed) {
            throw new IllegalStateException("closed: no process " + spec.name() + " is started in " + directory);
        }
        ChildProcess old = processes.get(spec.name());
        if (old != null && old.isAlive()) {
            throw new IllegalStateException("process " + old + " is running");
        }
        ChildProcess child = ChildProcess.start(spec);
        processes.put(spec.name(), child);
        return child;
    }

    /** Starts an ended process again as it was started before; its log is continued. */
    public synchronized ChildProcess restart(String name) throws IOException {
        return start(get(name).spec());
    }

    /**
     * The process of this name, running or ended.
     *
     * @throws IllegalArgumentException when none was started under this name
     */
    public synchronized ChildProcess get(String name) {
        ChildProcess child = processes.get(name);
        if (child == null) {
            throw new IllegalArgumentException("no process " + name + ", only " + processes.keySet());
        }
        return child;
    }

    /** All processes, running or ended, in the order of their first start. */
    public synchronized List<ChildProcess> processes() {
        return List.copyOf(processes.values());
    }

    /** Kills everything, removes the files unless they are kept. Closing again does nothing. */
    @Override
    public void close() {
        stopAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("the JVM is shutting down: the hook runs or has run, and finds nothing left to do", e);
        }
    }

    private synchronized void stopAll() {
        if (closed) {
            return;
        }
        closed = true;
        RuntimeException failure = null;
        for (ChildProcess child : processes.values()) {
            try {
                child.kill();
            } catch (RuntimeException e) {
                // The others must still be ended; what went wrong is thrown after that.
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        if (!keep) {
            remove(directory);
        }
    }

    private static void remove(Path root) {
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, IOException failure) throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.delete(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + root, e);
        }
    }
}
