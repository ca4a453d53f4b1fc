package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.store.StateStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class OutOfSpaceTest {
    private static final IOException FULL = new IOException("No space left on device");

    private static IOException ofSync() {
        IOException failure = new IOException("No space left on device");
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("sun.nio.ch.FileDispatcherImpl", "force0", "FileDispatcherImpl.java", -2)
        });
        return failure;
    }

    @Test
    void aWriteThatFoundNoRoomIsToldWhereverItLiesInTheChain() {
        assertThat(OutOfSpace.isCauseOf(FULL)).isTrue();
        assertThat(OutOfSpace.isCauseOf(new CompletionException(new UncheckedIOException(FULL))))
                .isTrue();
        assertThat(OutOfSpace.isCauseOf(
                        new StateStoreException("write failed: IO error: No space left on device: While appending")))
                .isTrue();
        assertThat(OutOfSpace.isCauseOf(new IOException("Disk quota exceeded"))).isTrue();
    }

    @Test
    void aBrokenDiskOrAFailedSyncIsNot() {
        assertThat(OutOfSpace.isCauseOf(new IOException("Input/output error"))).isFalse();
        assertThat(OutOfSpace.isCauseOf(new IOException((String) null))).isFalse();
        assertThat(OutOfSpace.isCauseOf(new UncheckedIOException(ofSync())))
                .as("what a failed fsync left on the disk nobody knows")
                .isFalse();
    }
}
