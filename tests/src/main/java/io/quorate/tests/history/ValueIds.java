package io.quorate.tests.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of one key as small numbers; absent is number 0. */
final class ValueIds {
    static final int ABSENT = 0;

    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> values = new ArrayList<>();

    ValueIds() {
        idOf(null);
    }

    int idOf(String value) {
        Integer known = ids.get(value);
        if (known != null) {
            return known;
        }
        ids.put(value, values.size());
        values.add(value);
        return values.size() - 1;
    }

    int size() {
        return values.size();
    }
}
