/**
 * The baseline: Apache Ratis as it comes, with a state machine that does nothing, as three processes on this machine.
 *
 * <p>Nothing of Quorate's own server or client is used in here, so that it shows what a plain user of Ratis gets. The one
 * exception: Ratis does not start without an implementation of its metrics, and finds Quorate's on the class path, whose timers
 * cost a little less than those of Ratis' own.
 *
 * <p>API: internal.
 */
package io.quorate.cli.bench.ratis;
