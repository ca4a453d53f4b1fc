/** Real node processes of our own on this machine's loopback, for the demonstration, the benchmark and tests. */
package io.quorate.cli.local;
