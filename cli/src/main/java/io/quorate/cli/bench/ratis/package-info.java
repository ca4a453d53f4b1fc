/**
 * The baseline: Apache Ratis as it comes, with a state machine that does nothing, as three processes on this machine.
 *
 * <p>Nothing of Quorate's own server or client is used in here, so that it shows what a plain user of Ratis gets.
 */
package io.quorate.cli.bench.ratis;
