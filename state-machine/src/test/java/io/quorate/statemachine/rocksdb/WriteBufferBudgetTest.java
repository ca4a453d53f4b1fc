package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.store.StateStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteBufferBudgetTest {
    private static final long LIMIT = 6_400;

    /** Holds what it is told to, and notes how it was asked to flush. */
    private static final class Shard implements WriteBufferBudget.Holder {
        private final long bytes;
        private final List<Boolean> flushes = new ArrayList<>();
        private boolean flushing;

        Shard(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public long memtableBytes() {
            return bytes;
        }

        @Override
        public boolean isFlushing() {
            return flushing;
        }

        @Override
        public void flush(boolean wait) {
            flushes.add(wait);
        }
    }

    private static List<Shard> lookAt(long... bytes) {
        WriteBufferBudget budget = new WriteBufferBudget(LIMIT);
        List<Shard> shards = new ArrayList<>();
        for (long each : bytes) {
            shards.add(new Shard(each));
        }
        shards.forEach(budget::add);
        budget.wrote(LIMIT);
        return shards;
    }

    @Test
    void nothingIsFlushedWithinTheLimit() {
        assertThat(lookAt(3_000, 3_400)).allMatch(shard -> shard.flushes.isEmpty());
    }

    @Test
    void largestIsFlushedBeyondTheLimit() {
        List<Shard> shards = lookAt(1_000, 4_000, 2_000);

        assertThat(shards.get(1).flushes).containsExactly(false);
        assertThat(shards.get(0).flushes).isEmpty();
        assertThat(shards.get(2).flushes).isEmpty();
    }

    @Test
    void asManyAreFlushedAsItTakes() {
        List<Shard> shards = lookAt(2_000, 3_000, 2_500, 1_900, 1_800);

        assertThat(shards.get(1).flushes).containsExactly(false);
        assertThat(shards.get(2).flushes).containsExactly(false);
        assertThat(shards.get(0).flushes).isEmpty();
    }

    @Test
    void whoIsFlushingAlreadyCountsAsGivingBack() {
        WriteBufferBudget budget = new WriteBufferBudget(LIMIT);
        Shard flushing = new Shard(5_000);
        flushing.flushing = true;
        Shard other = new Shard(4_000);
        budget.add(flushing);
        budget.add(other);

        budget.wrote(LIMIT);

        assertThat(flushing.flushes).isEmpty();
        assertThat(other.flushes).isEmpty();
    }

    @Test
    void writerWaitsBeyondTwiceTheLimit() {
        assertThat(lookAt(12_000, 801).get(0).flushes).containsExactly(true);
        assertThat(lookAt(12_000, 800).get(0).flushes).containsExactly(false);
    }

    @Test
    void limitIsLookedAtAfterEachPartOfItWasWritten() {
        WriteBufferBudget budget = new WriteBufferBudget(LIMIT);
        Shard shard = new Shard(LIMIT + 1);
        budget.add(shard);

        budget.wrote(60);
        assertThat(shard.flushes).isEmpty();
        budget.wrote(40);
        assertThat(shard.flushes).hasSize(1);
        budget.wrote(99);
        assertThat(shard.flushes).hasSize(1);
    }

    @Test
    void closedStoresDoNotCount() {
        WriteBufferBudget budget = new WriteBufferBudget(LIMIT);
        Shard shard = new Shard(LIMIT + 1);
        budget.add(shard);
        budget.remove(shard);

        budget.wrote(LIMIT);

        assertThat(shard.flushes).isEmpty();
    }

    @Test
    void manyShardsOfAProcessStayWithinTheirMemory(@TempDir Path root) {
        RocksDbMemory memory = new RocksDbMemory(24 << 20, 8 << 20, 4 << 20, 2);
        try (RocksDbStateStoreFactory factory = new RocksDbStateStoreFactory(memory)) {
            List<StateStore> stores = new ArrayList<>();
            for (int shard = 0; shard < 12; shard++) {
                stores.add(factory.open(root.resolve("shard-" + shard), Optional.empty()));
            }
            long most = 0;
            for (int i = 0; i < 4_800; i++) {
                States.put(stores.get(i % stores.size()), i, States.key(i), States.noise(i, 16_000));
                most = Math.max(most, factory.usedBytes());
            }
            stores.forEach(StateStore::close);

            assertThat(most).isLessThanOrEqualTo(memory.totalBytes());
        }
    }
}
