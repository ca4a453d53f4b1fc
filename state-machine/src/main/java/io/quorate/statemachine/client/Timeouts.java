package io.quorate.statemachine.client;

/** What is left of a deadline, as it is told to a node. */
final class Timeouts {
    private Timeouts() {}

    /**
     * Milliseconds for the node to answer in: less than what is left, so that its own answer arrives before the client gives up;
     * and rounded down to five significant bits, so that requests of about the same age share a group. From 1 to 2^31 - 1.
     */
    static int remainingMillis(long nanos) {
        long millis = nanos / 1_000_000;
        millis -= millis / 32;
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(Math.max(millis, 1)) - 5);
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, millis >> shift << shift));
    }
}
