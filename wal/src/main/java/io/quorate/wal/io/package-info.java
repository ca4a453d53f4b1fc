/**
 * The one place that touches files: what it takes on disk until bytes, names and removals survive a power loss.
 *
 * <p>Guarantees: a method that returns has made its effect durable, directory entries included; a method that throws says what
 * it was doing, to which path, and whether the effect may be there nevertheless. Nothing here retries an fsync: after a failed
 * one the kernel may have dropped the dirty pages, and a second fsync that succeeds would prove nothing.
 *
 * <p>API: internal.
 */
package io.quorate.wal.io;
