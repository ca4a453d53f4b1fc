package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.identity.DataDirectoryException;
import io.quorate.statemachine.service.AdminException;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.RejectReason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
    private static ExitCode code(AdminException failure, boolean changed) {
        return Failures.ofAdmin(failure, changed).code();
    }

    private static ExitCode code(Throwable failure) {
        return Failures.known(failure).orElseThrow().code();
    }

    @Test
    void silenceIsIndeterminateOnlyWhereSomethingMayHaveChanged() {
        AdminException silence = new AdminException("UNREACHABLE", "no answer");
        assertThat(code(silence, true)).isEqualTo(ExitCode.INDETERMINATE);
        assertThat(code(silence, false)).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(Failures.ofAdmin(silence, true).getMessage()).contains("no answer [UNREACHABLE]", "may be repeated");
    }

    @Test
    void aTransferThatWasNotConfirmedIsNoRefusal() {
        AdminException unconfirmed = new AdminException("INDETERMINATE", "transfer: not confirmed");
        assertThat(code(unconfirmed, true)).isEqualTo(ExitCode.INDETERMINATE);
    }

    @Test
    void refusalsOfAllKindsHaveTheirCodes() {
        assertThat(code(new AdminException("QUORUM_WOULD_BE_LOST", "m"), false)).isEqualTo(ExitCode.REFUSED);
        assertThat(code(new AdminException("UNKNOWN_SHARD", "m"), false)).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(code(new AdminException("FAILED", "m"), true)).isEqualTo(ExitCode.FAILED);
        assertThat(code(new DataDirectoryException(DataDirectoryException.Problem.IN_USE, "m")))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(code(new IOException("port"))).isEqualTo(ExitCode.FAILED);
        assertThat(code(new CompletionException(new IOException("port")))).isEqualTo(ExitCode.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NAME_TAKEN", "QUORUM_WOULD_BE_LOST", "REFUSED", "UNKNOWN_PEER", "UNKNOWN_SHARD"})
    void aRefusalAfterAChangeDoesNotClaimThatNothingChanged(String error) {
        AdminException failure = new AdminException(error, "m");
        assertThat(code(failure, true)).isEqualTo(ExitCode.FAILED);
        assertThat(Failures.ofAdmin(failure, true).getMessage()).contains("what was done before this stays done");
        assertThat(Failures.ofAdmin(failure, false).getMessage()).doesNotContain("done before");
    }

    @Test
    void whatWasDoneOnSomeMembersOnlyIsNotUnavailable() {
        ObjectNode done = JsonNodeFactory.instance.objectNode().put("lsn", 5);
        ObjectNode failed = JsonNodeFactory.instance.objectNode().put("error", "refused");
        assertThat(SnapshotCommand.Take.code(List.of(done, done))).isEqualTo(ExitCode.OK);
        assertThat(SnapshotCommand.Take.code(List.of(done, failed))).isEqualTo(ExitCode.PARTLY);
        assertThat(SnapshotCommand.Take.code(List.of(failed))).isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void whatNobodyExpectedIsNoKnownFailure() {
        assertThat(Failures.known(new IllegalStateException("bug"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(RejectReason.class)
    void everyReasonMeansThatNothingChanged(RejectReason reason) {
        assertThat(Failures.ofReason(reason))
                .isIn(ExitCode.REFUSED, ExitCode.UNAVAILABLE, ExitCode.NOT_FOUND)
                .isEqualTo(code(new ReadUnavailableException(reason, "m")));
    }

    @Test
    void bytesThatAreNoTextKeepTheirValueInJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        JsonText.put(json, "a", Bytes.utf8("ä"));
        JsonText.put(json, "b", Bytes.wrap(new byte[] {(byte) 0xff}));
        assertThat(json).containsExactly(Map.entry("a", "ä"), Map.entry("bBase64", "/w=="));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UNREACHABLE",
                "NO_ANSWER",
                "WRONG_SETTINGS",
                "NO_LEADER",
                "NO_CLUSTER",
                "NOT_INITIALIZED",
                "BEHIND"
            })
    void whatWasNotSentDidNotHappen(String error) {
        assertThat(code(new AdminException(error, "m"), false)).isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void filesAreNamedInWordsNotInClasses() {
        assertThat(Failures.text(new NoSuchFileException("a/b"))).isEqualTo("a/b: there is no such file");
        assertThat(Failures.text(new AccessDeniedException("a/b"))).isEqualTo("a/b: permission denied");
        assertThat(Failures.text(new IOException())).doesNotContain("Exception");
    }

    @Test
    void classNamesInWhatANodeSaysAreLeftOut() {
        AdminException told = new AdminException(
                "INDETERMINATE",
                "transfer to n2 was not confirmed (org.apache.ratis.protocol.exceptions.TransferLeadershipException: n4 failed)");
        assertThat(Failures.ofAdmin(told, true).getMessage())
                .startsWith("transfer to n2 was not confirmed (n4 failed) [INDETERMINATE]");
        assertThat(Failures.plain(
                        "io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: /127.0.0.1:1"))
                .isEqualTo("Connection refused: /127.0.0.1:1");
        assertThat(Failures.plain("see config/n1.yaml:3: listen")).isEqualTo("see config/n1.yaml:3: listen");
    }
}
