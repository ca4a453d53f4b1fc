package io.quorate.tests.kit;

import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A consumer without a position, such as one that feeds a cache: one that sets values, or (the planted fault) adds to them. */
final class LatestValues implements EntryApplier {
    /** What a server elsewhere holds, by the directory that stands for it. */
    private static final Map<Path, Map<String, Long>> SERVERS = new ConcurrentHashMap<>();

    private final Map<String, Long> values;
    private final boolean adds;

    private LatestValues(Map<String, Long> values, boolean adds) {
        this.values = values;
        this.adds = adds;
    }

    static LatestValues open(Path directory, boolean adds) {
        return new LatestValues(SERVERS.computeIfAbsent(directory, d -> new ConcurrentHashMap<>()), adds);
    }

    Map<String, Long> values() {
        return Map.copyOf(values);
    }

    @Override
    public Lsn appliedLsn() {
        return Lsn.ZERO;
    }

    @Override
    public List<ApplyResult> apply(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            if (entry.kind() == EntryKind.USER) {
                String key = entry.payload().utf8();
                values.merge(key, entry.lsn().value(), adds ? Long::sum : (before, latest) -> latest);
            }
        }
        return entries.stream().map(entry -> ApplyResult.OK).toList();
    }
}
