package io.quorate.statemachine.metrics;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.metrics.MetricRegistryInfo;

/**
 * Turns Ratis' names, which have ids of peers, groups and followers inside, into names with labels. Pure.
 *
 * <p>{@code ratis.server.n1@group-A.n2_peerCommitIndex} becomes {@code ratis_server_peer_commit_index;follower=n2;group=group-A;peer=n1}.
 * An id inside would make a metric of its own for every peer and shard, which no dashboard could sum.
 */
final class RatisMetricNames {
    static final String PEER = "peer";
    static final String GROUP = "group";
    static final String FOLLOWER = "follower";

    private static final Pattern SERVER_FOLLOWER = Pattern.compile("(.+)_(lastHeartbeatElapsedTime|peerCommitIndex)");
    private static final Pattern LOG_FOLLOWER =
            Pattern.compile("follower_(.+)_(next_index|match_index|rpc_response_time)");
    private static final Pattern GRPC_FOLLOWER = Pattern.compile(
            "(.+)_((?:latency|success_reply_count|not_leader_reply_count|inconsistency_reply_count|append_entry_timeout_count"
                    + "|pending_log_requests_count)(?:_heartbeat)?)");
    private static final Pattern MESSAGE =
            Pattern.compile("(.+)_([^_]+)_(started_total|completed_total|received_executed)");
    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    private RatisMetricNames() {}

    /** @param name as Ratis gives it to the registry of {@code info} */
    static MetricName labelled(MetricRegistryInfo info, String name) {
        String owner = info.getPrefix();
        int at = owner.lastIndexOf('@');
        String base = info.getApplicationName() + "_" + info.getMetricsComponentName();
        MetricName labels = MetricName.of("x").with(PEER, value(at < 0 ? owner : owner.substring(0, at)));
        if (at >= 0) {
            labels = labels.with(GROUP, value(owner.substring(at + 1)));
        }
        return name(labels, info, base, name);
    }

    private static MetricName name(MetricName labels, MetricRegistryInfo info, String base, String name) {
        String component = info.getMetricsComponentName();
        Matcher follower = followerPattern(info).matcher(name);
        if (follower.matches()) {
            return rename(labels.with(FOLLOWER, value(follower.group(1))), base + "_" + follower.group(2));
        }
        Matcher message = MESSAGE.matcher(name);
        if (component.endsWith("_message_metrics") && message.matches()) {
            String service = message.group(1);
            String owner = info.getPrefix() + "_";
            String bare = service.startsWith(owner) ? service.substring(owner.length()) : service;
            MetricName more = labels.with("service", value(bare)).with("method", value(message.group(2)));
            return rename(more, base + "_" + message.group(3));
        }
        return rename(labels, base + "_" + name);
    }

    private static Pattern followerPattern(MetricRegistryInfo info) {
        if (info.getApplicationName().equals("ratis_grpc")) {
            return GRPC_FOLLOWER;
        }
        return info.getMetricsComponentName().equals("log_appender") ? LOG_FOLLOWER : SERVER_FOLLOWER;
    }

    private static MetricName rename(MetricName labels, String name) {
        String snake = CAMEL.matcher(name).replaceAll("_").toLowerCase(Locale.ROOT);
        return new MetricName(snake.replaceAll("[^a-z0-9_]", "_"), labels.labels());
    }

    private static String value(String id) {
        return id.replace(';', '_');
    }
}
