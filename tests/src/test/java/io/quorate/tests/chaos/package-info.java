/**
 * Real node processes of one cluster on this machine, broken in every way that a machine without special hardware can show: killed,
 * stopped, cut off from one another, out of power. What clients were told meanwhile is held against what is found afterwards.
 *
 * <p>Runs in profile {@code chaos}. Partitions and power loss need root and a few tools of Linux, and fail where these are missing.
 * {@code -Dchaos.seed=N} draws the same faults again and {@code -Dchaos.seconds=N} changes how long they last; {@code
 * -Dchaos.preset=many-shards} is for a machine too busy to elect a leader within 300 ms. A run leaves its history, its faults and the
 * logs of its nodes under {@code target/chaos}.
 */
package io.quorate.tests.chaos;
