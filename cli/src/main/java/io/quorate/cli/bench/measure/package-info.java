/**
 * One measurement and the comparison of several: warm up until steady, measure, drain, split the CPU time by process,
 * alternate between systems, take medians and ratios.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.measure;
