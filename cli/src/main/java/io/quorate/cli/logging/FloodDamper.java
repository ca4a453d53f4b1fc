package io.quorate.cli.logging;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets the first few events of a kind through in each period and counts the rest. Pure: time comes with the event. Bounded: of the
 * kinds, the one longest unseen is forgotten.
 */
final class FloodDamper {
    private final int allowed;
    private final long periodMillis;
    private final Map<String, Window> windows;

    /**
     * @param allowed events of a kind in a period, from 1
     * @param periodMillis above zero
     * @param maxKinds remembered at a time, from 1
     */
    FloodDamper(int allowed, long periodMillis, int maxKinds) {
        if (allowed < 1 || periodMillis < 1 || maxKinds < 1) {
            throw new IllegalArgumentException(allowed + " in " + periodMillis + " ms, " + maxKinds + " kinds");
        }
        this.allowed = allowed;
        this.periodMillis = periodMillis;
        this.windows = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
                return size() > maxKinds;
            }
        };
    }

    /** Decides on an event of this kind. */
    Decision decide(String kind, long nowMillis) {
        Window window = windows.get(kind);
        if (window == null || nowMillis - window.begun >= periodMillis || nowMillis < window.begun) {
            long suppressed = window == null ? 0 : window.suppressed;
            windows.put(kind, new Window(nowMillis));
            return new Decision(true, suppressed, false);
        }
        window.passed++;
        if (window.passed <= allowed) {
            return new Decision(true, 0, window.passed == allowed);
        }
        window.suppressed++;
        return new Decision(false, 0, false);
    }

    /**
     * What to do with an event.
     *
     * @param pass whether to print it
     * @param suppressedBefore events of its kind that were not printed in the period before
     * @param lastBeforeSilence whether the next ones in this period will not be printed
     */
    record Decision(boolean pass, long suppressedBefore, boolean lastBeforeSilence) {}

    private static final class Window {
        private final long begun;
        private long passed = 1;
        private long suppressed;

        private Window(long begun) {
            this.begun = begun;
        }
    }
}
