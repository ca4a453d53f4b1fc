package io.quorate.statemachine.rocksdb;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memtables of all stores of a process together: when they exceed the limit, as many stores are asked to flush as it
 * takes, those that hold most first; at twice the limit, whoever writes waits for a flush. Thread-safe.
 *
 * <p>RocksDB's own write-buffer manager looks at active memtables only, and flushes the store that happens to write: with many
 * small memtables for each store it would come too late, and with many shards it would flush the wrong one.
 */
final class WriteBufferBudget {
    /** Something whose memtables count. A failure is its own matter: its next write tells. */
    interface Holder {
        /** Native bytes held now; 0 once closed. */
        long memtableBytes();

        /** True if it is about to give back what it holds. */
        boolean isFlushing();

        /** Gives them back, soon or before it returns; nothing once closed. */
        void flush(boolean wait);
    }

    private record Holding(Holder holder, long bytes) {}

    /** The limit is looked at after each this part of it was written. */
    private static final int PARTS = 64;

    private final long limitBytes;
    private final Collection<Holder> holders = ConcurrentHashMap.newKeySet();
    private final AtomicLong writtenSinceLook = new AtomicLong();

    WriteBufferBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    void add(Holder holder) {
        holders.add(holder);
    }

    void remove(Holder holder) {
        holders.remove(holder);
    }

    /** Called after each write, by the thread that wrote. */
    void wrote(long bytes) {
        if (writtenSinceLook.addAndGet(bytes) >= limitBytes / PARTS) {
            writtenSinceLook.set(0);
            look();
        }
    }

    private void look() {
        List<Holding> holdings = new ArrayList<>();
        long total = 0;
        for (Holder holder : holders) {
            Holding holding = new Holding(holder, holder.memtableBytes());
            holdings.add(holding);
            total += holding.bytes();
        }
        if (total > limitBytes) {
            holdings.sort(Comparator.comparingLong(Holding::bytes).reversed());
            reduce(holdings, total);
        }
    }

    private void reduce(List<Holding> largestFirst, long total) {
        if (total > 2 * limitBytes) {
            largestFirst.get(0).holder().flush(true);
            return;
        }
        long excess = total - limitBytes;
        for (int i = 0; i < largestFirst.size() && excess > 0; i++) {
            Holding holding = largestFirst.get(i);
            if (!holding.holder().isFlushing()) {
                holding.holder().flush(false);
            }
            excess -= holding.bytes();
        }
    }
}
