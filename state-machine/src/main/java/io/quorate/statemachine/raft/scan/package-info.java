/**
 * Looks at the files of a Ratis group before Ratis opens them: cuts what a crash tore off unsynced, finishes what a crash
 * interrupted, and refuses everything else by name.
 *
 * <p>Why: Ratis 3.3.0 takes an early end of file for a torn tail, so that one flipped bit in a length near the end makes it drop
 * synced entries without a word; with preallocation it calls every torn tail a checksum error and does not start; it accepts a
 * closed segment that ends early if it is the last; and after a killed process it counts as flushed what was never fsynced.
 *
 * <p>The judgement is pure ({@link io.quorate.statemachine.raft.scan.FrameDecoder}, {@link
 * io.quorate.statemachine.raft.scan.SegmentWalk}, {@link io.quorate.statemachine.raft.scan.TailJudge}, {@link
 * io.quorate.statemachine.raft.scan.LogLayout}): bytes in, verdict out. {@link io.quorate.statemachine.raft.scan.RaftLogScanner} is
 * the shell that reads and repairs.
 *
 * <p>The segment format of Ratis, as read there and relied on here:
 *
 * <pre>
 *   "RaftLog1"                     8 bytes, synced before the first entry is written
 *   entry*                         varint n (1..5 bytes, shortest form) | LogEntryProto, n bytes | CRC32C of both, u32 big-endian
 *   0x00*                          preallocated; a varint n > 0 never begins with 0
 *
 *   log_S-E                        closed: entries S..E, synced and cut to length before it got this name
 *   log_inprogress_S[.anything]    open: entries S.., at most one, the last
 * </pre>
 *
 * Everything of one entry, and of up to {@code raft.server.log.force.sync.num} entries, reaches the file in one stretch and is then
 * fsynced; nothing is acknowledged before.
 *
 * <p>API: internal.
 */
package io.quorate.statemachine.raft.scan;
