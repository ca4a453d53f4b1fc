package io.quorate.cli.bench.quorate;

import io.quorate.cli.node.DurationText;
import io.quorate.cli.node.Preset;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.ReadConsistency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * How Quorate is measured.
 *
 * @param shards over which the keys, and so the load, are spread evenly; 1 to 1000
 * @param preset of each node
 * @param consistency of reads
 * @param preference which replica serves a read
 */
public record QuorateSetup(int shards, Preset preset, ReadConsistency consistency, ReadPreference preference) {
    /** As it comes: one shard, linearizable reads on its leader. */
    public static final QuorateSetup DEFAULT =
            new QuorateSetup(1, Preset.LAN, ReadConsistency.LINEARIZABLE, ReadPreference.PRIMARY);

    private static final int MAX_SHARDS = 1000;

    public QuorateSetup {
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException("shards not in 1.." + MAX_SHARDS + ": " + shards);
        }
        Objects.requireNonNull(preset, "preset");
        Objects.requireNonNull(consistency, "consistency");
        Objects.requireNonNull(preference, "preference");
    }

    /** Names of the shards: {@code bench}, {@code bench-2} and so on. */
    List<ShardId> shardIds() {
        return IntStream.rangeClosed(1, shards)
                .mapToObj(number -> new ShardId(number == 1 ? "bench" : "bench-" + number))
                .toList();
    }

    /** By name, as on the command line. */
    Map<String, String> byName() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("shards", Integer.toString(shards));
        settings.put("preset", preset.toString());
        settings.put("consistency", text(consistency));
        settings.put("readFrom", preference.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return settings;
    }

    private static String text(ReadConsistency consistency) {
        if (consistency instanceof ReadConsistency.Linearizable) {
            return "linearizable";
        }
        if (consistency instanceof ReadConsistency.BoundedStaleness bounded) {
            return "bounded=" + DurationText.format(bounded.bound());
        }
        if (consistency instanceof ReadConsistency.Session session) {
            return "session=" + session.atLeast().value();
        }
        if (consistency instanceof ReadConsistency.Eventual) {
            return "eventual";
        }
        throw new AssertionError("unhandled: " + consistency);
    }
}
