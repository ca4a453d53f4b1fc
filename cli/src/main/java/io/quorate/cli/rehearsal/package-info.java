/**
 * What the build runs once, so that the JVM need not read and verify thousands of classes at each start and at each first election.
 *
 * <p>API: internal.
 */
package io.quorate.cli.rehearsal;
