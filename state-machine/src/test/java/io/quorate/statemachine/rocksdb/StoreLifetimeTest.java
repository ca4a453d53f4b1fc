package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.app.StateView;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.statemachine.store.StateSnapshot;
import io.quorate.statemachine.store.StateStore;
import io.quorate.statemachine.store.StateStoreException;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Closing at any moment ends in a named exception for those who use the store, and never in a crash of the JVM. */
class StoreLifetimeTest {
    private static final int KEYS = 2_000;

    @TempDir
    private Path root;

    private RocksDbStateStoreFactory factory;
    private StateStore store;

    @BeforeEach
    void openStore() {
        factory = new RocksDbStateStoreFactory(RocksDbMemory.local());
        store = factory.open(root.resolve("live"), Optional.empty());
        StateBatch batch = new StateBatch();
        for (int i = 0; i < KEYS; i++) {
            batch.put(Keyspace.USER, States.key(i), States.noise(i, 100));
        }
        store.write(batch, States.position(0));
    }

    @AfterEach
    void closeStore() {
        store.close();
        factory.close();
    }

    private static void assertClosed(Callable<?> use) {
        assertThatThrownBy(use::call).isInstanceOf(StateStoreException.class).hasMessageContaining("is closed");
    }

    @Test
    void everyUseAfterClosingIsANamedException() {
        StateView view = store.view(Keyspace.USER);
        StateSnapshot snapshot = store.snapshot();
        StateView still = snapshot.view(Keyspace.USER);
        store.close();

        for (StateView each : List.of(view, still, store.view(Keyspace.SYSTEM))) {
            assertClosed(() -> each.get(States.key(1)));
            assertClosed(() -> {
                each.scan(Bytes.EMPTY, Optional.empty(), (key, value) -> true);
                return null;
            });
        }
        assertClosed(() -> store.snapshot());
        assertClosed(() -> store.checkpoint(root.resolve("checkpoint")));
        assertClosed(() -> store.diskBytes());
        assertClosed(() -> {
            store.write(new StateBatch(), States.position(1));
            return null;
        });
        assertThat(store.position()).isEqualTo(States.position(0));
        snapshot.close();
        store.close();
    }

    @Test
    void closedSnapshotIsANamedExceptionAndTheStoreGoesOn() {
        StateSnapshot snapshot = store.snapshot();
        StateView view = snapshot.view(Keyspace.USER);
        snapshot.close();
        snapshot.close();

        assertClosed(() -> view.get(States.key(1)));
        assertThat(store.view(Keyspace.USER).get(States.key(1))).isPresent();
    }

    @RepeatedTest(20)
    void closingUnderReadsScansSnapshotsWritesAndCheckpointsEndsThemAll() throws Exception {
        AtomicInteger used = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(6);
        List<Callable<?>> uses = List.of(
                () -> store.view(Keyspace.USER).get(States.key(used.get() % KEYS)),
                () -> States.all(store.view(Keyspace.USER)),
                () -> {
                    try (StateSnapshot snapshot = store.snapshot()) {
                        return States.all(snapshot.view(Keyspace.USER));
                    }
                },
                () -> store.snapshot().view(Keyspace.USER).get(States.key(7)),
                () -> {
                    States.put(store, store.position().index() + 1, States.key(1), Bytes.EMPTY);
                    return null;
                },
                () -> store.checkpoint(root.resolve("checkpoint-" + used.get())));
        ExecutorService threads = Executors.newFixedThreadPool(uses.size());
        try {
            List<Future<String>> endings = new ArrayList<>();
            for (Callable<?> use : uses) {
                endings.add(threads.submit(() -> useUntilClosed(use, used, busy)));
            }
            assertThat(busy.await(1, TimeUnit.MINUTES)).isTrue();
            store.close();
            for (Future<String> ending : endings) {
                assertThat(ending.get(1, TimeUnit.MINUTES)).contains("is closed");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String useUntilClosed(Callable<?> use, AtomicInteger used, CountDownLatch busy) throws Exception {
        while (true) {
            try {
                use.call();
                used.incrementAndGet();
                busy.countDown();
            } catch (StateStoreException e) {
                return e.getMessage();
            }
        }
    }

    @Test
    void longScanEndsWhenTheStoreIsClosed() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> scan =
                    threads.submit(() -> store.view(Keyspace.USER).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
                        inside.countDown();
                        awaitUninterrupted(goOn);
                        return true;
                    }));
            inside.await();
            Future<?> closing = threads.submit(store::close);
            Awaitility.await().until(this::isClosing);
            assertThat(closing.isDone()).isFalse();
            goOn.countDown();

            assertThatThrownBy(() -> scan.get(1, TimeUnit.MINUTES))
                    .hasCauseInstanceOf(StateStoreException.class)
                    .hasMessageContaining("is closed");
            closing.get(1, TimeUnit.MINUTES);
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean isClosing() {
        try {
            store.diskBytes();
            return false;
        } catch (StateStoreException e) {
            return true;
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void closingFromInsideOfAScanIsRefusedInsteadOfWaitingForItself() {
        assertThatThrownBy(() -> store.view(Keyspace.USER).scan(Bytes.EMPTY, Optional.empty(), (key, value) -> {
                    store.close();
                    return true;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed by a thread that is reading it");
        assertThat(store.view(Keyspace.USER).get(States.key(1))).isPresent();
    }

    @Test
    void readsInsideOfAScanAreFine() {
        StateView view = store.view(Keyspace.USER);
        AtomicInteger equal = new AtomicInteger();
        view.scan(States.key(10), Optional.of(States.key(20)), (key, value) -> {
            equal.addAndGet(view.get(key).orElseThrow().equals(value) ? 1 : 0);
            return true;
        });
        assertThat(equal).hasValue(10);
    }
}
