package io.quorate.cli.bench.measure;

/** What a system stands for in a comparison. */
public enum Role {
    /** The one that is judged. */
    SUBJECT,
    /** What it is compared with: bare Ratis with its defaults. */
    BASELINE,
    /** The harder comparison: bare Ratis, tuned. */
    TUNED
}
