package io.quorate.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One running child JVM, addressed by its process id.
 *
 * <p>Its standard input is a pipe that this process holds open: a child that runs {@link ParentWatch} ends when this
 * process does, however it does. Safe for use by several threads.
 */
public final class ChildProcess {
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration REAP_TIMEOUT = Duration.ofSeconds(30);
    private static final int TAIL_LINES = 25;

    private final JavaProcessSpec spec;
    private final Process process;
    /** Length of the log when this process was started: what comes after it is its own output. */
    private final long logStart;

    private ChildProcess(JavaProcessSpec spec, Process process, long logStart) {
        this.spec = spec;
        this.process = process;
        this.logStart = logStart;
    }

    /**
     * Starts it and returns at once; see {@link #awaitLine} and {@link #awaitReady}.
     *
     * @throws IOException when the executable or the log file cannot be opened
     */
    public static ChildProcess start(JavaProcessSpec spec) throws IOException {
        long logStart = Files.exists(spec.log()) ? Files.size(spec.log()) : 0;
        ProcessBuilder builder = new ProcessBuilder(spec.command());
        builder.environment().putAll(spec.env());
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
        return new ChildProcess(spec, builder.start(), logStart);
    }

    public JavaProcessSpec spec() {
        return spec;
    }

    public String name() {
        return spec.name();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its exit status (128 + the signal when it was killed); empty while it runs. */
    public OptionalInt exitStatus() {
        return isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Completes with the exit status when the process ends; cancelling it does not end the process. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** What the process has used; empty after it ended. */
    public Optional<ProcessUsage> usage() {
        return isAlive() ? ProcessUsage.of(pid()) : Optional.empty();
    }

    /**
     * Waits for a complete line of its output that contains the marker, and returns the first.
     *
     * @throws ProcessFailedException when the process ends or the timeout passes before
     */
    public String awaitLine(String marker, Duration timeout) throws InterruptedException {
        awaitReady(() -> findLine(marker).isPresent(), timeout, "the line \"" + marker + "\"");
        return findLine(marker).orElseThrow();
    }

    /**
     * Waits until the condition holds, asking every few milliseconds.
     *
     * @throws ProcessFailedException when the process ends or the timeout passes before
     */
    public void awaitReady(BooleanSupplier ready, Duration timeout) throws InterruptedException {
        awaitReady(ready, timeout, "readiness");
    }

    private void awaitReady(BooleanSupplier ready, Duration timeout, String what) throws InterruptedException {
        long start = System.nanoTime();
        while (!ready.getAsBoolean()) {
            if (System.nanoTime() - start > timeout.toNanos()) {
                throw failure("no " + what + " from process " + name() + " within " + timeout.toMillis() + " ms");
            }
            if (process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS) && !ready.getAsBoolean()) {
                throw failure("process " + name() + " ended with status " + process.exitValue() + " before " + what);
            }
        }
    }

    /** What it has written since it was started, up to the last line end. */
    public String output() {
        try (SeekableByteChannel channel = Files.newByteChannel(spec.log())) {
            channel.position(logStart);
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - logStart));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the log of process " + name(), e);
        }
    }

    private Optional<String> findLine(String marker) {
        return output().lines().filter(line -> line.contains(marker)).findFirst();
    }

    /** SIGKILL, as a crash would end it; returns when it is gone. Does nothing to a process that has ended. */
    public void kill() {
        process.destroyForcibly();
        reap();
    }

    /** SIGTERM, and SIGKILL when it is not gone after the grace period; returns its exit status. */
    public int terminate(Duration grace) throws InterruptedException {
        if (usage().filter(ProcessUsage::isStopped).isPresent()) {
            resume();
        }
        // Not Process.destroy: it also closes the pipe to the child, and ParentWatch would cut the orderly end short.
        process.toHandle().destroy();
        if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
        }
        return process.exitValue();
    }

    /** SIGSTOP: it keeps its memory and connections and does nothing until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        if (!isAlive()) {
            throw failure("cannot send SIG" + signal + " to process " + name() + ": it has ended");
        }
        try {
            // Java has no call for these; kill is a built-in of every shell, so no package is needed.
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid()).start();
            if (!kill.waitFor(REAP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS) || kill.exitValue() != 0) {
                throw failure("SIG" + signal + " did not reach process " + name() + " (" + pid() + ")");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run sh to send SIG" + signal + " to " + name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted while sending SIG" + signal + " to process " + name());
        }
    }

    /** Waits for the end even when interrupted: cleaning up must not leave a process behind. */
    private void reap() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + REAP_TIMEOUT.toNanos();
        try {
            while (true) {
                try {
                    if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        throw failure("process " + name() + " (" + pid() + ") did not end " + REAP_TIMEOUT.toSeconds()
                                + " s after SIGKILL");
                    }
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private ProcessFailedException failure(String what) {
        String[] lines = Files.exists(spec.log()) ? output().split("\n") : new String[0];
        StringBuilder message =
                new StringBuilder(what).append("; end of ").append(spec.log()).append(':');
        for (int i = Math.max(0, lines.length - TAIL_LINES); i < lines.length; i++) {
            message.append("\n  | ").append(lines[i]);
        }
        return new ProcessFailedException(message.toString());
    }

    @Override
    public String toString() {
        return name() + " (" + pid() + ")";
    }
}
