package io.quorate.cli.node;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A value in a YAML document, with the line on which it begins, from 1. */
sealed interface YamlValue {
    int line();

    /** Text as written, without quotes; empty for a key without a value. */
    record Scalar(String text, int line) implements YamlValue {}

    /** Keys in their order. */
    record Mapping(Map<String, Entry> entries, int line) implements YamlValue {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /** No setting takes a list, so that its content does not matter. */
    record Sequence(int line) implements YamlValue {}

    /** A value, and the line of its key. */
    record Entry(YamlValue value, int line) {}
}
