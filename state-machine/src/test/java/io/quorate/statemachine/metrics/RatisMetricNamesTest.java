package io.quorate.statemachine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.metrics.MetricRegistryInfo;
import org.junit.jupiter.api.Test;

class RatisMetricNamesTest {
    private static String labelled(String application, String component, String owner, String name) {
        return RatisMetricNames.labelled(new MetricRegistryInfo(owner, application, component, "d"), name)
                .toString();
    }

    @Test
    void peerAndGroupBecomeLabels() {
        assertThat(labelled("ratis", "log_worker", "n1.00ff@group-A1", "flushTime"))
                .isEqualTo("ratis_log_worker_flush_time;group=group-A1;peer=n1.00ff");
    }

    @Test
    void followersOfEveryComponentBecomeLabels() {
        assertThat(labelled("ratis", "server", "n1@group-A", "n2.0a_lastHeartbeatElapsedTime"))
                .isEqualTo("ratis_server_last_heartbeat_elapsed_time;follower=n2.0a;group=group-A;peer=n1");
        assertThat(labelled("ratis", "log_appender", "n1@group-A", "follower_n2_next_index"))
                .isEqualTo("ratis_log_appender_next_index;follower=n2;group=group-A;peer=n1");
        assertThat(labelled("ratis_grpc", "log_appender", "n1@group-A", "n2_latency_heartbeat"))
                .isEqualTo("ratis_grpc_log_appender_latency_heartbeat;follower=n2;group=group-A;peer=n1");
        assertThat(labelled("ratis_grpc", "log_appender", "n1@group-A", "num_requests"))
                .isEqualTo("ratis_grpc_log_appender_num_requests;group=group-A;peer=n1");
    }

    @Test
    void servicesAndMethodsBecomeLabels() {
        assertThat(labelled(
                        "ratis",
                        "server_message_metrics",
                        "n1",
                        "n1_ratis.grpc.RaftServerProtocolService_appendEntries_started_total"))
                .isEqualTo("ratis_server_message_metrics_started_total;method=appendEntries;peer=n1"
                        + ";service=ratis.grpc.RaftServerProtocolService");
    }

    @Test
    void namesOfLaterVersionsStayReadable() {
        assertThat(labelled("ratis", "new-part", "who;knows", "Some thing"))
                .isEqualTo("ratis_new_part_some_thing;peer=who_knows");
    }
}
