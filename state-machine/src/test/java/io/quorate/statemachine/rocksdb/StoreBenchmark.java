package io.quorate.statemachine.rocksdb;

import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.Position;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateStore;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * What a put costs, by thread, and how long writes wait while a checkpoint is made. Not run by the build; arguments: puts (5
 * million), puts in a batch (2048), number of different keys (1 million), bytes of a value (240), directory (a temporary one).
 *
 * <p>CPU time is what the kernel counted for each thread, so that it means something on a busy machine too.
 */
public final class StoreBenchmark {
    private static final int WARM_UP_PUTS = 1_000_000;
    private static final long WARM_UP_BYTES = 1L << 30;
    private static final int PACED_BYTES_PER_SECOND = 32 << 20;
    private static final PrintStream OUT = System.out;

    private final int puts;
    private final int batchPuts;
    private final int valueBytes;
    private final int keyCount;
    private final byte[] noise = new byte[4 << 20];
    private final SplittableRandom random = new SplittableRandom(7);
    private int nextNoise;
    private long written;

    private StoreBenchmark(int puts, int batchPuts, int keyCount, int valueBytes) {
        this.puts = puts;
        this.batchPuts = batchPuts;
        this.valueBytes = valueBytes;
        random.nextBytes(noise);
        this.keyCount = keyCount;
    }

    /** A key as it comes from a message: freshly made. Twelve digits, scattered over their range. */
    private Bytes randomKey() {
        byte[] key = {'k', 'e', 'y', '-', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        long rest = random.nextInt(keyCount) * 7_919L % 1_000_000_007L;
        for (int i = key.length - 1; i >= 4; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return Bytes.wrap(key);
    }

    private Bytes nextValue() {
        nextNoise = (nextNoise + valueBytes) % (noise.length - valueBytes);
        return Bytes.wrap(noise, nextNoise, valueBytes);
    }

    /** Runs all measurements, one after the other. */
    public static void main(String[] arguments) throws Exception {
        int puts = argument(arguments, 0, 5_000_000);
        int batchPuts = argument(arguments, 1, 2_048);
        int keyCount = argument(arguments, 2, 1_000_000);
        int valueBytes = argument(arguments, 3, 240);
        Path root = arguments.length > 4 ? Path.of(arguments[4]) : Files.createTempDirectory("quorate-store-benchmark");
        try (RocksDbStateStoreFactory factory = new RocksDbStateStoreFactory(RocksDbMemory.lan())) {
            new StoreBenchmark(puts, batchPuts, keyCount, valueBytes).run(factory, root);
        } finally {
            DirectoryFiles.deleteTree(root);
        }
    }

    private static int argument(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private void run(RocksDbStateStoreFactory factory, Path root) throws Exception {
        Path checkpoint = root.resolve("checkpoint");
        try (StateStore store = factory.open(root.resolve("live"), Optional.empty())) {
            int warmUp = (int) Math.min(WARM_UP_PUTS, WARM_UP_BYTES / valueBytes);
            gatherOnly(warmUp);
            write(store, warmUp);
            measure("gathering the batch only", () -> gatherOnly(puts));
            measure("put, batches of " + batchPuts, () -> write(store, puts));
            OUT.printf("native memory %d MiB, disk %d MiB%n", factory.usedBytes() >> 20, store.diskBytes() >> 20);
            stall(store, checkpoint);
            measure("get, random keys", () -> read(store, Math.min(keyCount, puts)));
        }
        long start = System.nanoTime();
        try (StateStore store = factory.open(root.resolve("live"), Optional.of(checkpoint))) {
            OUT.printf(
                    "open %d MiB from a checkpoint: %d ms%n",
                    store.diskBytes() >> 20, (System.nanoTime() - start) / 1_000_000);
            measure("get, random keys, after opening", () -> read(store, Math.min(keyCount, puts)));
            long[] rows = {0};
            measure("scan", () -> {
                store.view(Keyspace.USER).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> ++rows[0] > 0);
                return (int) rows[0];
            });
        }
    }

    /** Work to be measured; answers how many operations it did. */
    private interface Work {
        int perform();
    }

    private void measure(String name, Work work) throws IOException {
        Map<String, Long> before = cpuNanosByThread();
        long start = System.nanoTime();
        int operations = work.perform();
        long wall = System.nanoTime() - start;
        StringBuilder split = new StringBuilder();
        long[] total = {0};
        cpuNanosByThread().forEach((thread, nanos) -> {
            long each = (nanos - before.getOrDefault(thread, 0L)) / operations;
            total[0] += thread.equals("jit") ? 0 : each;
            split.append(' ').append(thread).append(' ').append(each);
        });
        OUT.printf("%s: CPU %d ns (%s ), wall %d ns%n", name, total[0], split.substring(1), wall / operations);
    }

    private StateBatch gather() {
        StateBatch batch = new StateBatch();
        for (int i = 0; i < batchPuts; i++) {
            batch.put(Keyspace.USER, randomKey(), nextValue());
        }
        return batch;
    }

    private int gatherOnly(int count) {
        long bytes = 0;
        for (int done = 0; done < count; done += batchPuts) {
            bytes += gather().bytes();
        }
        if (bytes == 0) {
            throw new IllegalStateException("nothing gathered");
        }
        return count;
    }

    private int write(StateStore store, int count) {
        for (int done = 0; done < count; done += batchPuts) {
            written++;
            store.write(gather(), new Position(new Lsn(written), 1, written, written));
        }
        return count;
    }

    private int read(StateStore store, int count) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            found += store.view(Keyspace.USER).get(randomKey()).isPresent() ? 1 : 0;
        }
        OUT.printf("found %d of %d%n", found, count);
        return count;
    }

    /** How long a batch waits, written at a steady pace, without and with a checkpoint at the same time. */
    private void stall(StateStore store, Path directory) throws InterruptedException {
        AtomicReference<Position> held = new AtomicReference<>();
        Thread checkpoint = new Thread(() -> held.set(store.checkpoint(directory)), "checkpoint");
        long start = System.nanoTime();
        printWaits("paced writes alone", store, () -> System.nanoTime() - start < 3_000_000_000L);
        checkpoint.start();
        long begun = System.nanoTime();
        printWaits("paced writes during a checkpoint", store, checkpoint::isAlive);
        checkpoint.join();
        OUT.printf("checkpoint of %s: %d ms%n", held.get(), (System.nanoTime() - begun) / 1_000_000);
    }

    private void printWaits(String name, StateStore store, BooleanSupplier goOn) {
        long interval = 1_000_000_000L * batchPuts * valueBytes / PACED_BYTES_PER_SECOND;
        long[] nanos = new long[1 << 20];
        int count = 0;
        long due = System.nanoTime();
        while (goOn.getAsBoolean() && count < nanos.length) {
            StateBatch batch = gather();
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            due += interval;
            written++;
            long before = System.nanoTime();
            store.write(batch, new Position(new Lsn(written), 1, written, written));
            nanos[count++] = System.nanoTime() - before;
        }
        Arrays.sort(nanos, 0, count);
        OUT.printf(
                "%s: %d batches, a write takes p50 %d us, p99 %d us, longest %d us%n",
                name, count, nanos[count / 2] / 1_000, nanos[(int) (count * 0.99)] / 1_000, nanos[count - 1] / 1_000);
    }

    private static Map<String, Long> cpuNanosByThread() throws IOException {
        Map<String, Long> nanos = new TreeMap<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                String name = Files.readString(thread.resolve("comm")).strip();
                String[] scheduled =
                        Files.readString(thread.resolve("schedstat")).split(" ");
                nanos.merge(group(name), Long.parseLong(scheduled[0]), Long::sum);
            }
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("needs /proc of Linux, and threads that stay", e);
        }
        return nanos;
    }

    private static String group(String thread) {
        if (thread.startsWith("rocksdb:high")) {
            return "flush";
        }
        if (thread.startsWith("rocksdb:")) {
            return "compact";
        }
        if (thread.startsWith("C1") || thread.startsWith("C2")) {
            return "jit";
        }
        return thread.equals("java") ? "caller" : "jvm";
    }
}
