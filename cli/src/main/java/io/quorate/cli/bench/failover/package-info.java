/**
 * Measures how long writers get no acknowledgement when the leader is lost or replaced: three node processes, a steady stream of
 * appends, one disturbance after the other.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.failover;
