package io.quorate.topology;

/**
 * Name of a node: a process with a data directory and an address. Unique within a cluster.
 *
 * @param value 1 to 63 lower-case letters, digits or dashes
 */
public record NodeId(String value) implements Comparable<NodeId> {
    public NodeId {
        Names.check("node", value);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
