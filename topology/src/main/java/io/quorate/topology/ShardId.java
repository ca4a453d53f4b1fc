package io.quorate.topology;

/**
 * Name of a shard, the unit of replication: one consensus group. Unique within a cluster at a time.
 *
 * @param value 1 to 63 lower-case letters, digits or dashes
 */
public record ShardId(String value) implements Comparable<ShardId> {
    public ShardId {
        Names.check("shard", value);
    }

    @Override
    public int compareTo(ShardId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
