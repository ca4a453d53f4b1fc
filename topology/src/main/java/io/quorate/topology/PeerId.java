package io.quorate.topology;

import java.util.Objects;

/**
 * A node as a member of consensus groups: its name and the incarnation of its disk. Written {@code n1.00000000deadbeef}.
 *
 * @param node the node
 * @param incarnation of the node's data directory
 */
public record PeerId(NodeId node, Incarnation incarnation) implements Comparable<PeerId> {
    public PeerId {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(incarnation, "incarnation");
    }

    /** Parses the form that {@link #toString()} writes. */
    public static PeerId parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("peer id '" + text + "' is not of the form node.incarnation");
        }
        return new PeerId(new NodeId(text.substring(0, dot)), Incarnation.parse(text.substring(dot + 1)));
    }

    @Override
    public int compareTo(PeerId other) {
        int byNode = node.compareTo(other.node);
        return byNode != 0 ? byNode : Long.compareUnsigned(incarnation.value(), other.incarnation.value());
    }

    @Override
    public String toString() {
        return node + "." + incarnation;
    }
}
