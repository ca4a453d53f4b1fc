package io.quorate.tests.kit;

/**
 * What a check that found nothing did.
 *
 * @param seed that gives the same histories again
 * @param histories generated
 * @param entries applied, repetitions not counted
 * @param interruptions restarts and crashes gone through
 */
public record CheckReport(long seed, int histories, long entries, long interruptions) {
    @Override
    public String toString() {
        return histories + " histories of " + entries + " entries through " + interruptions
                + " restarts and crashes, seed " + seed;
    }
}
