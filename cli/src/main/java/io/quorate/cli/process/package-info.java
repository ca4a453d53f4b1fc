/**
 * Child processes on this machine: started, waited for, killed, paused and cleaned up.
 *
 * <p>The demo, the benchmark harness and the chaos suite run real nodes as separate JVMs; this is the one place that
 * starts them. What it guarantees: nothing that was started here outlives the JVM that started it (close, shutdown hook,
 * and, where the child asks for it with {@link io.quorate.cli.process.ParentWatch}, even a {@code kill -9} of the
 * parent); processes are addressed by the id they were started with, never by name; a failure to start carries the end of the child's
 * log.
 *
 * <p>API: internal.
 */
package io.quorate.cli.process;
