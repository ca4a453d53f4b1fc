package io.quorate.topology;

import java.util.Objects;
import java.util.UUID;

/**
 * Identity of one cluster, made once by {@code cluster init} and stored in every node's data directory, message, log
 * entry and snapshot, so that nodes of two clusters can never talk to each other by mistake.
 *
 * @param value random UUID; the nil UUID is refused, since it means "not yet in a cluster" on disk
 */
public record ClusterId(UUID value) {
    public ClusterId {
        Objects.requireNonNull(value, "value");
        if (value.getMostSignificantBits() == 0 && value.getLeastSignificantBits() == 0) {
            throw new IllegalArgumentException("cluster id is the nil UUID");
        }
    }

    /** Parses the canonical 36-character form. */
    public static ClusterId parse(String text) {
        UUID parsed = UUID.fromString(text);
        if (!parsed.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("cluster id '" + text + "' is not a UUID in its canonical form");
        }
        return new ClusterId(parsed);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
