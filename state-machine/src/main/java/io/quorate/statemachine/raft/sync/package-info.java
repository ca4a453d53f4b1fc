/**
 * The fsyncs that Ratis 3.3.0 leaves out, added from outside through its public hooks.
 *
 * <p>What Ratis syncs by itself: the bytes of a log segment before its entries count as flushed, and the bytes of {@code
 * raft-meta}, {@code raft-meta.conf} and the {@code .md5} files before they are renamed into place. What it does not:
 *
 * <table>
 *   <caption>What is missing, what it would cost after a power loss, and what adds it</caption>
 *   <tr><th>not synced by Ratis</th><th>what could happen</th><th>added by</th></tr>
 *   <tr><td>the rename of {@code raft-meta} (vote and term)</td><td>the node forgets a vote and votes again in the same term, or
 *     forgets a term and lets its former leader truncate acknowledged entries</td><td>{@link
 *     io.quorate.statemachine.raft.sync.GroupSync#ensureVoteDurable}, before each reply to a peer, and {@link
 *     io.quorate.statemachine.raft.sync.GroupSync#leaderChanged}, before a new leader acts</td></tr>
 *   <tr><td>the rename of {@code raft-meta.conf}; a failure to write it is only logged</td><td>an old configuration once the log
 *     that holds the newer one is purged</td><td>{@link
 *     io.quorate.statemachine.raft.sync.GroupSync#configurationWritten}</td></tr>
 *   <tr><td>the directory entry of a new, renamed or removed log segment</td><td>acknowledged entries lie in a file that has no
 *     name, truncated ones come back</td><td>{@link io.quorate.statemachine.raft.sync.LogDirectorySync}, before entries count as
 *     flushed</td></tr>
 *   <tr><td>the files and both renames of an installed snapshot</td><td>SUCCESS was answered and the log purged for a snapshot
 *     that is not there</td><td>{@link io.quorate.statemachine.raft.sync.SnapshotInstallSync}</td></tr>
 *   <tr><td>what a killed process had written but not synced, which Ratis takes for flushed at the next start</td><td>an
 *     acknowledgement without any fsync behind it</td><td>the scanner, before Ratis opens the log</td></tr>
 * </table>
 *
 * <p>ext4 and xfs write their metadata journal in order, so that there a later fsync of any file usually carries these renames
 * along, and a new file's fsync its name. POSIX promises neither, other file systems do neither, and a vote is often followed by
 * no fsync at all; so each is synced here.
 *
 * <p>This needs some settings of Ratis, which are checked when a group is opened ({@link
 * io.quorate.statemachine.raft.sync.RequiredSettings}).
 *
 * <p>API: internal, but for {@link io.quorate.statemachine.raft.sync.RaftSync}.
 */
package io.quorate.statemachine.raft.sync;
