package io.quorate.statemachine.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionProblemTest {
    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("io exception");

    @Test
    void theFirstCauseIsToldAndNoClassIsNamed() {
        Status refused =
                BROKEN.withCause(new IOException("outer", new ConnectException("Connection refused: /127.0.0.1:7001")));
        ConnectionProblem problem = ConnectionProblem.of(refused, false);
        assertThat(problem.text()).isEqualTo("Connection refused: /127.0.0.1:7001");
        assertThat(problem.settings()).isFalse();
        assertThat(ConnectionProblem.of(BROKEN.withCause(new IOException()), false)
                        .text())
                .isEqualTo("UNAVAILABLE");
        Throwable call = new ConnectException("finishConnect(..) failed with error(-111): Connection refused");
        assertThat(ConnectionProblem.of(BROKEN.withCause(call), false).text()).isEqualTo("Connection refused");
        assertThat(ConnectionProblem.of(Status.INTERNAL.withDescription("d"), true)
                        .text())
                .isEqualTo("INTERNAL: d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "First received frame was not SETTINGS. Hex dump for first 5 bytes: 485454502f | a port for HTTP",
                "First received frame was not SETTINGS. Hex dump for first 5 bytes: 1503030002 | the node speaks TLS",
                "not an SSL/TLS record: 00000c04 | speaks no TLS",
                "PKIX path building failed: unable to find valid certification path to requested target | is not trusted",
                "No subject alternative names matching IP address 127.0.0.1 found | for another address",
                "Received fatal alert: certificate_required | wants a certificate of the client",
                "Received fatal alert: certificate_unknown | does not trust who signed the client's",
            })
    void whereSettingsAreWrongTheAdviceNamesThem(String cause, String advice) {
        ConnectionProblem problem = ConnectionProblem.of(BROKEN.withCause(new IOException(cause)), false);
        assertThat(problem.settings()).isTrue();
        assertThat(problem.text()).contains(advice);
    }

    @Test
    void aConnectionThatWorkedIsNotBlamedOnSettings() {
        Status lost = BROKEN.withCause(new IOException("Connection reset by peer"));
        assertThat(ConnectionProblem.of(lost, true).text()).doesNotContain("TLS");
        assertThat(ConnectionProblem.of(lost, false).text()).contains("--tls-ca");
        assertThat(ConnectionProblem.of(lost, false).settings()).isFalse();
    }

    @Test
    void aDeadlineIsToldWithoutWhatTheTransportSaysOfItself() {
        Status late = Status.DEADLINE_EXCEEDED.withDescription("CallOptions deadline exceeded after 1.4s. [closed=[]]");
        assertThat(ConnectionProblem.of(late, true).text()).isEqualTo("no answer in time");
        assertThat(ConnectionProblem.of(late, false).text()).isEqualTo("it cannot be reached in time");
    }

    @Test
    void aServerOfSomethingElseIsNamed() {
        ConnectionProblem problem =
                ConnectionProblem.of(Status.UNIMPLEMENTED.withDescription("Method not found"), true);
        assertThat(problem.settings()).isTrue();
        assertThat(problem.text()).contains("no node of a cluster of Quorate");
    }
}
