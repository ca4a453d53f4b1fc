package io.quorate.statemachine.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.wal.log.Lsn;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReplicaHealthTest {
    private static final IOException FULL = new IOException("No space left on device");
    private static final IOException BROKEN = new IOException("Input/output error");

    private final ReplicaHealth health = new ReplicaHealth();

    private static IOException ofSync() {
        IOException failure = new IOException("No space left on device");
        failure.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("sun.nio.ch.FileDispatcherImpl", "force0", "FileDispatcherImpl.java", -2)
        });
        return failure;
    }

    @Test
    void aFullDiskIsAllThatAReplicaMayBeOpenedAnewFor() {
        assertThat(health.ranOutOfSpace()).isFalse();
        health.logFailed(FULL);
        health.park(new Lsn(7), 9, FULL);
        assertThat(health.ranOutOfSpace()).isTrue();
    }

    @Test
    void aFailedSyncOfTheLogIsNotForgottenForAFullDiskLater() {
        health.logFailed(ofSync());
        health.park(new Lsn(7), 9, FULL);
        assertThat(health.ranOutOfSpace()).isFalse();
        health.logFailed(FULL);
        assertThat(health.ranOutOfSpace()).isFalse();
    }

    @Test
    void aFailedSyncOfTheLogIsSeenAfterAFullDisk() {
        health.park(new Lsn(7), 9, FULL);
        health.logFailed(FULL);
        assertThat(health.ranOutOfSpace()).isTrue();
        health.logFailed(BROKEN);
        assertThat(health.ranOutOfSpace()).isFalse();
    }
}
