package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.service.AdminException;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTest {
    private static ExitCode code(Throwable failure, boolean changing) {
        return Failures.known(failure, changing).orElseThrow().code();
    }

    @Test
    void aMissingAnswerToAChangeIsIndeterminateAndToAReadUnavailable() {
        AdminException silence = new AdminException("UNREACHABLE", "no answer");
        assertThat(code(silence, true)).isEqualTo(ExitCode.INDETERMINATE);
        assertThat(code(silence, false)).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(Failures.known(silence, true).orElseThrow().getMessage())
                .contains("no answer [UNREACHABLE]", "may be repeated");
    }

    @Test
    void aTransferThatWasNotConfirmedIsNoRefusal() {
        AdminException unconfirmed = new AdminException("INDETERMINATE", "transfer: not confirmed");
        assertThat(code(unconfirmed, true)).isEqualTo(ExitCode.INDETERMINATE);
    }

    @Test
    void refusalsOfAllKindsHaveTheirCodes() {
        assertThat(code(new AdminException("QUORUM_WOULD_BE_LOST", "m"), true)).isEqualTo(ExitCode.REFUSED);
        assertThat(code(new AdminException("UNKNOWN_SHARD", "m"), true)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(code(new AdminException("FAILED", "m"), true)).isEqualTo(ExitCode.FAILED);
        assertThat(code(new DataDirectoryException(DataDirectoryException.Problem.IN_USE, "m"), false))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(code(new IOException("port"), false)).isEqualTo(ExitCode.FAILED);
        assertThat(code(new CompletionException(new IOException("port")), false))
                .isEqualTo(ExitCode.FAILED);
    }

    @Test
    void whatNobodyExpectedIsNoKnownFailure() {
        assertThat(Failures.known(new IllegalStateException("bug"), true)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RejectReason.class)
    void everyReasonMeansThatNothingChanged(RejectReason reason) {
        assertThat(Failures.ofReason(reason))
                .isIn(ExitCode.REFUSED, ExitCode.UNAVAILABLE, ExitCode.NOT_FOUND)
                .isEqualTo(code(new ReadUnavailableException(reason, "m"), false));
    }

    @Test
    void bytesThatAreNoTextKeepTheirValueInJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        JsonText.put(json, "a", Bytes.utf8("ä"));
        JsonText.put(json, "b", Bytes.wrap(new byte[] {(byte) 0xff}));
        assertThat(json).containsExactly(Map.entry("a", "ä"), Map.entry("bBase64", "/w=="));
    }
}
