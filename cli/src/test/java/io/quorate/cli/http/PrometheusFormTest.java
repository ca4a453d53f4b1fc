package io.quorate.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Metric;
import com.codahale.metrics.Timer;
import com.codahale.metrics.UniformReservoir;
import io.prometheus.client.Collector.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusFormTest {
    private static final Gauge<Integer> GAUGE = () -> 1;

    @Test
    void timersAreSummariesInSeconds() {
        assertThat(PrometheusForm.of("quorate.apply;shard=s", new Timer()))
                .isEqualTo(new PrometheusForm("quorate_apply_seconds", Type.SUMMARY, 1e-9));
    }

    @Test
    void histogramsKeepTheUnitOfTheirName() {
        Metric histogram = new Histogram(new UniformReservoir());
        assertThat(PrometheusForm.of("quorate.batch.bytes", histogram))
                .isEqualTo(new PrometheusForm("quorate_batch_bytes", Type.SUMMARY, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "quorate.rejects, quorate_rejects_total",
        "ratis_log_worker_flush_count, ratis_log_worker_flush_total",
        "ratis_x_started_total, ratis_x_started_total",
    })
    void countersEndWithTotal(String name, String sample) {
        PrometheusForm form = PrometheusForm.of(name, new Counter());
        assertThat(form.type()).isEqualTo(Type.COUNTER);
        assertThat(form.sample()).isEqualTo(sample);
    }

    @ParameterizedTest
    @CsvSource({
        "ratis_server_last_heartbeat_elapsed_time, ratis_server_last_heartbeat_elapsed_seconds, 1e-9",
        "ratis_leader_election_last_leader_elapsed_time, ratis_leader_election_last_leader_elapsed_seconds, 1e-3",
        "ratis_log_appender_rpc_response_time, ratis_log_appender_rpc_response_elapsed_seconds, 1e-3",
        "ratis_server_num_pending_request_mega_byte_size, ratis_server_num_pending_request_bytes, 1048576",
        "ratis_log_worker_open_segment_size_in_bytes, ratis_log_worker_open_segment_bytes, 1",
        "ratis_server_retry_cache_entry_count, ratis_server_retry_cache_entries, 1",
        "ratis_server_retry_cache_hit_rate, ratis_server_retry_cache_hit_ratio, 1",
        "quorate_sessions, quorate_sessions, 1",
    })
    void gaugesSayTheirUnit(String name, String expected, double scale) {
        assertThat(PrometheusForm.of(name, GAUGE)).isEqualTo(new PrometheusForm(expected, Type.GAUGE, scale));
    }

    @Test
    void whatOnlyGrowsIsACounterWhateverItWasRegisteredAs() {
        assertThat(PrometheusForm.of("ratis_server_retry_cache_hit_count", GAUGE)
                        .sample())
                .isEqualTo("ratis_server_retry_cache_hits_total");
    }
}
