package io.quorate.statemachine.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RocksDbMemoryTest {
    private static final long MIB = 1 << 20;

    @Test
    void presetsAreWithinTheirBudget() {
        assertThat(RocksDbMemory.lan().totalBytes()).isLessThanOrEqualTo(256 * MIB);
        assertThat(RocksDbMemory.local().totalBytes()).isLessThanOrEqualTo(32 * MIB);
    }

    @Test
    void partsThatDoNotFitAreRefusedWithTheirValues() {
        assertRefused(8 * MIB - 1, MIB, MIB, 2, "totalBytes 8388607");
        assertRefused(8 * MIB, 8 * MIB + 1, MIB, 2, "writeBuffersBytes 8388609");
        assertRefused(8 * MIB, MIB, MIB + 1, 2, "shardWriteBufferBytes 1048577");
        assertRefused(8 * MIB, MIB, (64 << 10) - 1, 2, "shardWriteBufferBytes 65535");
        assertRefused(8 * MIB, MIB, MIB, 1, "backgroundThreads 1");
        assertThat(new RocksDbMemory(8 * MIB, 8 * MIB, 64 << 10, 2)).isNotNull();
    }

    private static void assertRefused(long total, long buffers, long shard, int threads, String message) {
        assertThatThrownBy(() -> new RocksDbMemory(total, buffers, shard, threads))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
