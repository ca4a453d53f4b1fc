/**
 * Real node processes of our own on this machine's loopback, for the demonstration, the benchmark and tests.
 *
 * <p>API: internal.
 */
package io.quorate.cli.local;
