package io.quorate.tests.kit;

import io.quorate.wal.log.EntryApplier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Lets an applier work in processes that are killed at any moment, and looks at what each leaves behind. */
final class KilledAppliers<A extends EntryApplier> {
    private static final long START_NANOS = 60_000_000_000L;

    private final AppliedHistory<A> expected;
    private final EntryApplierCheck.Opener<? extends A> opener;
    private final Function<? super A, ?> state;
    private final Path directory;
    private final long usualNanos;
    private final SplittableRandom random;

    /** @param usualNanos that applying the whole log took in this process */
    KilledAppliers(
            AppliedHistory<A> expected,
            EntryApplierCheck.Opener<? extends A> opener,
            Function<? super A, ?> state,
            Path directory,
            long usualNanos,
            SplittableRandom random) {
        this.expected = expected;
        this.opener = opener;
        this.state = state;
        this.directory = directory;
        this.usualNanos = usualNanos;
        this.random = random;
    }

    void run(int kills) {
        try {
            Path log = directory.resolve("log");
            Entries.write(expected.log(), log);
            for (int kill = 0; kill < kills; kill++) {
                // Anew each time, so that every kill has the whole log before it.
                Path place = Files.createDirectory(directory.resolve("applier-" + kill));
                killWithin(place, log, directory.resolve("process-" + kill));
                compare(place);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("exchange with another process", e);
        }
    }

    private void killWithin(Path place, Path log, Path output) throws IOException {
        Path started = directory.resolve(output.getFileName() + "-started");
        List<String> arguments = List.of(
                opener.getClass().getName(),
                place.toString(),
                log.toString(),
                started.toString(),
                Long.toString(random.nextLong()));
        Process process = ForkedJvm.start(ForkedApplier.class, List.of(), arguments, output);
        boolean killed;
        try {
            awaitStart(process, started);
            LockSupport.parkNanos(random.nextLong(usualNanos));
        } finally {
            killed = process.isAlive();
            process.destroyForcibly();
        }
        if (ForkedJvm.await(process) != 0 && !killed) {
            throw new BrokenRule(
                    Finding.APPLY_FAILED, "applying in another process failed: " + Files.readString(output));
        }
    }

    private static void awaitStart(Process process, Path started) {
        long deadline = System.nanoTime() + START_NANOS;
        while (process.isAlive() && !Files.exists(started)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the other JVM has not opened its applier within a minute");
            }
            LockSupport.parkNanos(200_000);
        }
    }

    private void compare(Path place) {
        A applier = AppliedHistory.open(opener, place);
        int applied = (int) applier.appliedLsn().value();
        Object wanted = expected.states().get(applied);
        Object found = state.apply(applier);
        AppliedHistory.release(applier);
        if (!wanted.equals(found)) {
            throw new BrokenRule(
                    Finding.POSITION_NOT_WITH_DATA,
                    "after its process was killed the applier opened at lsn " + applied + " with state " + found
                            + " instead of " + wanted);
        }
    }
}
