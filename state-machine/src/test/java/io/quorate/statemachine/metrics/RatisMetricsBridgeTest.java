package io.quorate.statemachine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.junit.jupiter.api.Test;

class RatisMetricsBridgeTest {
    private static final String MEMBER = "n1@group-A";

    private final RatisMetricsBridge bridge = new RatisMetricsBridge();

    private RatisMetricRegistry component(String member, String component) {
        return bridge.create(info(member, component));
    }

    private static MetricRegistryInfo info(String member, String component) {
        return new MetricRegistryInfo(member, "ratis", component, "d");
    }

    @Test
    void ratisFindsTheBridge() {
        assertThat(MetricRegistries.global()).isInstanceOf(RatisMetricsBridge.class);
        assertThat(RatisMetricsBridge.active()).isPresent();
    }

    @Test
    void timersCountersAndGaugesAreMeasuredUnderTheirLabelledNames() {
        RatisMetricRegistry server = component(MEMBER, "server");
        server.counter("numInstallSnapshot").inc();
        Timekeeper.Context running = server.timer("clientReadRequest").time();
        assertThat(running.stop()).isNotNegative();
        server.gauge("retryCacheEntryCount", () -> () -> 7);

        String labels = ";group=group-A;peer=n1";
        assertThat(bridge.metrics()
                        .counter("ratis_server_num_install_snapshot" + labels)
                        .getCount())
                .isEqualTo(1);
        assertThat(bridge.metrics()
                        .timer("ratis_server_client_read_request" + labels)
                        .getCount())
                .isEqualTo(1);
        assertThat(bridge.metrics()
                        .gauge("ratis_server_retry_cache_entry_count" + labels)
                        .getValue())
                .isEqualTo(7);
        assertThat(server.remove("retryCacheEntryCount")).isTrue();
        assertThat(server.remove("retryCacheEntryCount")).isFalse();
        assertThat(bridge.metrics().getGauges()).isEmpty();
    }

    @Test
    void theSameNameIsTheSameMetricAndALaterGaugeReplacesAnEarlierOne() {
        RatisMetricRegistry server = component(MEMBER, "server");
        assertThat(component(MEMBER, "server")).isSameAs(server);
        assertThat(server.counter("c")).isSameAs(server.counter("c"));
        server.gauge("g", () -> () -> 1);
        server.gauge("g", () -> () -> 2);
        assertThat(bridge.metrics().getGauges().values())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getValue()).isEqualTo(2));
    }

    @Test
    void aGaugeThatThrowsHasNoValueAndDoesNotThrow() {
        component(MEMBER, "server").gauge("g", () -> () -> {
            throw new IllegalStateException("closed");
        });
        assertThat(bridge.metrics().getGauges().values())
                .singleElement()
                .satisfies(gauge -> assertThat(gauge.getValue()).isEqualTo(Double.NaN));
    }

    @Test
    void countersOutliveALeadershipAndGaugesOnFollowersDoNot() {
        RatisMetricRegistry server = component(MEMBER, "server");
        server.counter("numInstallSnapshot").inc();
        server.gauge("n1_peerCommitIndex", () -> () -> 1);
        server.gauge("n2_peerCommitIndex", () -> () -> 1);
        server.gauge("retryCacheEntryCount", () -> () -> 7);

        assertThat(bridge.remove(info(MEMBER, "server"))).isTrue(); // what Ratis does when the member stops leading
        assertThat(bridge.get(info(MEMBER, "server"))).contains(server);
        assertThat(bridge.metrics().getNames())
                .containsExactlyInAnyOrder(
                        "ratis_server_num_install_snapshot;group=group-A;peer=n1",
                        "ratis_server_peer_commit_index;follower=n1;group=group-A;peer=n1",
                        "ratis_server_retry_cache_entry_count;group=group-A;peer=n1");
        server.counter("numInstallSnapshot").inc();
        assertThat(bridge.metrics().getCounters().values()).singleElement().satisfies(c -> assertThat(c.getCount())
                .isEqualTo(2));
    }

    @Test
    void aClosedMemberTakesAllOfItsMetricsWithItAndNoOthers() {
        component(MEMBER, "server").counter("a");
        RatisMetricRegistry worker = component(MEMBER, "log_worker");
        worker.timer("b");
        component("n1@group-B", "server").counter("a");
        component("n1", "server_message_metrics").counter("n1_s_m_started_total");

        bridge.remove(info(MEMBER, "leader_election"));
        assertThat(bridge.metrics().getNames())
                .as("not yet created, so not closed")
                .hasSize(4);
        component(MEMBER, "leader_election").counter("electionCount");
        bridge.remove(info(MEMBER, "leader_election"));
        assertThat(bridge.metrics().getNames()).hasSize(2).noneMatch(name -> name.contains("group-A"));
        worker.timer("later").time().stop();
        assertThat(bridge.metrics().getNames()).hasSize(2);
    }

    @Test
    void aRemovedGroupLeavesNothing() {
        component(MEMBER, "server").counter("a");
        component("n2@group-A", "log_worker").timer("b");
        component("n1@group-B", "server").counter("a");
        bridge.removeGroup("group-A");
        assertThat(bridge.metrics().getNames()).containsExactly("ratis_server_a;group=group-B;peer=n1");
        assertThat(bridge.getMetricRegistryInfos()).hasSize(1);
    }
}
