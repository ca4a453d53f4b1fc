/**
 * What the benchmark harness measures, as ports: a system that can be started, and targets that take its load.
 *
 * <p>Nothing in here knows Ratis, our own server or a load generator; an adapter of each system implements these
 * interfaces.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.system;
