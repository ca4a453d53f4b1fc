package io.quorate.cli.http;

import java.util.Map;

/** What metrics mean, in a sentence. Pure. */
final class MetricHelp {
    private static final String RATIS = "ratis_";

    private static final Map<String, String> HELP = Map.ofEntries(
            Map.entry("quorate_apply_seconds", "Applying a batch of entries, the write to the store included."),
            Map.entry(
                    "quorate_batch_answer_seconds",
                    "From the making of a batch to the answers of its appends, on the leader."),
            Map.entry("quorate_batch_bytes", "Bytes of a batch that was handed to consensus."),
            Map.entry("quorate_batch_records", "Records of a batch that was handed to consensus."),
            Map.entry("quorate_batcher_in_flight", "Batches on their way through consensus."),
            Map.entry("quorate_batcher_queued_bytes", "Bytes of the records that wait on the leader."),
            Map.entry("quorate_batcher_queued_records", "Records that wait on the leader."),
            Map.entry("quorate_checkpoint_age_seconds", "Since the last checkpoint, or since the shard was opened."),
            Map.entry("quorate_checkpoint_seconds", "Making a checkpoint durable."),
            Map.entry("quorate_read_probe_seconds", "A round that confirms the leader for linearizable reads."),
            Map.entry("quorate_rejects_total", "Appends that were rejected, by reason."),
            Map.entry("quorate_sessions", "Writer sessions that are open."),
            Map.entry("ratis_leader_election_election_total", "Elections of this peer that ended."),
            Map.entry("ratis_leader_election_election_time_seconds", "How long elections of this peer took."),
            Map.entry("ratis_leader_election_last_leader_elapsed_seconds", "Since a leader was last heard of."),
            Map.entry("ratis_leader_election_last_leader_election_elapsed_seconds", "Since the last election ended."),
            Map.entry("ratis_leader_election_timeout_total", "Elections that ended without a decision in time."),
            Map.entry("ratis_leader_election_transfer_leadership_total", "Transfers of leadership."),
            Map.entry("ratis_log_appender_match_index", "Last consensus index that the follower is known to have."),
            Map.entry("ratis_log_appender_next_index", "Consensus index that the follower is sent next."),
            Map.entry("ratis_log_appender_rpc_response_elapsed_seconds", "Since the follower last answered."),
            Map.entry(
                    "ratis_log_worker_append_entry_latency_seconds",
                    "From the appending of an entry to its write, flush included."),
            Map.entry("ratis_log_worker_flush_time_seconds", "Flushes of the consensus log."),
            Map.entry("ratis_log_worker_sync_time_seconds", "fsyncs of the consensus log."),
            Map.entry("ratis_server_last_heartbeat_elapsed_seconds", "Since the follower last took a heartbeat."),
            Map.entry("ratis_server_peer_commit_index", "Consensus index that the peer is known to have committed."),
            Map.entry("ratis_state_machine_applied_index", "Consensus index that was applied here."));

    private MetricHelp() {}

    /** @param name of a sample, for example {@code quorate_rejects_total} */
    static String of(String name) {
        String help = HELP.get(name);
        if (help != null) {
            return help;
        }
        return name.startsWith(RATIS)
                ? "Apache Ratis: " + name.substring(RATIS.length()).replace('_', ' ') + "."
                : "Measured by this node: " + name.replace('_', ' ') + ".";
    }
}
