/**
 * The pure core that all modes share: which records of a committed batch are new, which LSN each takes, and what a retry is
 * answered.
 *
 * <p>Guarantees: everything here is a function of the committed batches in order, so that every replica comes to the same
 * LSNs, the same answers and the same expiries; no clock, thread, file or logger. A record of a live session is applied at most
 * once; after its session expired it is refused and never applied (Raft thesis, section 6.3).
 *
 * <p>API: internal.
 */
package io.quorate.wal.apply;
