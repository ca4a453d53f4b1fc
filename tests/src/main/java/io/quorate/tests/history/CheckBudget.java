package io.quorate.tests.history;

/**
 * What the check of one key may use before it is given up as UNDECIDED. Explaining a violation may use as much again.
 *
 * @param maxStates configurations explored, 1 or more
 * @param maxMemoryBytes bytes of configurations remembered, 1 MiB to 8 GiB
 */
public record CheckBudget(long maxStates, long maxMemoryBytes) {
    private static final long MIB = 1L << 20;

    public CheckBudget {
        if (maxStates < 1) {
            throw new IllegalArgumentException("maxStates < 1: " + maxStates);
        }
        if (maxMemoryBytes < MIB || maxMemoryBytes > 8192 * MIB) {
            throw new IllegalArgumentException("maxMemoryBytes not in 1 MiB .. 8 GiB: " + maxMemoryBytes);
        }
    }

    /** 5 million configurations and 256 MiB a key. */
    public static CheckBudget standard() {
        return new CheckBudget(5_000_000, 256 * MIB);
    }
}
