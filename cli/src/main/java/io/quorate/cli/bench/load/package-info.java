/**
 * Load: who sends what and when, and what was seen.
 *
 * <p>Time comes only through {@link io.quorate.cli.bench.load.LoadClock}, so that a test runs minutes of load in virtual
 * time with exact results. A latency is counted from the moment an operation was due, not from when it was sent: a system that
 * stalls cannot hide the arrivals it kept waiting (coordinated omission).
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.load;
