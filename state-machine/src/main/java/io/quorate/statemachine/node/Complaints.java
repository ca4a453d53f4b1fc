package io.quorate.statemachine.node;

import java.util.HashMap;
import java.util.Map;

/** Keeps work that is tried again and again from saying the same each time. Of one thread. */
final class Complaints {
    private Map<String, String> before = new HashMap<>();
    private Map<String, String> now = new HashMap<>();

    /** True if this was not said in the last pass, and is to be said now. */
    boolean isNew(String about, String complaint) {
        now.put(about, complaint);
        return !complaint.equals(before.get(about));
    }

    /** The pass is over: what was not complained of is forgotten. */
    void endPass() {
        before = now;
        now = new HashMap<>();
    }
}
