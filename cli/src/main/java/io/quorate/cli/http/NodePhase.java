package io.quorate.cli.http;

/** Where a node is in its life. */
public enum NodePhase {
    STARTING("starting"),
    NOT_IN_A_CLUSTER("not-in-a-cluster"),
    SERVING("serving"),
    DRAINING("draining");

    private final String text;

    NodePhase(String text) {
        this.text = text;
    }

    /** As in JSON. */
    @Override
    public String toString() {
        return text;
    }
}
