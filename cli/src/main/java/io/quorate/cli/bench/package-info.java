/**
 * The benchmark harness: three servers of each system as processes on this machine, load, measurement, comparison, reports.
 *
 * <p>Packages, in the direction of use: {@code system} (what is measured, as ports), {@code load} (generators), {@code measure} (one
 * run, and the comparison of several), {@code report} (text, JSON, page), {@code ratis} (the baseline), and this one, which
 * puts them together for a command. API: internal.
 */
package io.quorate.cli.bench;
