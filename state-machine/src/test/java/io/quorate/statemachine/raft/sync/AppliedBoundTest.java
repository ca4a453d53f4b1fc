package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.raft.sync.AppliedBound.State;
import io.quorate.wal.log.CorruptFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppliedBoundTest {
    private static final UUID FIRST = new UUID(1, 1);
    private static final UUID SECOND = new UUID(2, 2);

    @TempDir
    Path current;

    private void floor(long index) throws IOException {
        try (CommittedFloor floor = CommittedFloor.open(current)) {
            floor.advance(index);
        }
    }

    @Test
    void inANewGroupNothingWasApplied() throws IOException {
        assertThat(AppliedBound.open(current, FIRST)).isEqualTo(new AppliedBound(State.RUNNING, FIRST, -1));
    }

    @Test
    void underTheSameBootTheFloorSaysTheRest() throws IOException {
        AppliedBound.open(current, FIRST);
        floor(7);
        assertThat(AppliedBound.settle(current, 9, FIRST).index()).isEqualTo(-1);
    }

    @Test
    void afterABootAllThatLiesInTheLogMayHaveBeenApplied() throws IOException {
        AppliedBound.open(current, FIRST);
        floor(7);
        assertThat(AppliedBound.settle(current, 9, SECOND).index()).isEqualTo(9);
        floor(8);
        assertThat(AppliedBound.settle(current, 12, SECOND).index())
                .as("noted once a boot")
                .isEqualTo(9);
    }

    @Test
    void aGroupOfABuildThatDidNotNoteItMayHaveAppliedItsLog() throws IOException {
        floor(7);
        assertThat(AppliedBound.settle(current, 9, FIRST).index()).isEqualTo(9);
    }

    @Test
    void ofALogThatNobodyLookedAtAnythingMayHaveBeenApplied() throws IOException {
        floor(7);
        assertThat(AppliedBound.open(current, FIRST).index()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whereItParkedHoldsOverBootsUntilItIsTakenBack() throws IOException {
        AppliedBound.open(current, FIRST);
        new AppliedBound(State.PARKED, FIRST, 7).write(current);
        assertThat(AppliedBound.settle(current, 9, SECOND).index()).isEqualTo(7);
        assertThat(AppliedBound.open(current, SECOND)).isEqualTo(new AppliedBound(State.PARKED, SECOND, 7));
        new AppliedBound(State.RUNNING, SECOND, 7).write(current);
        assertThat(AppliedBound.settle(current, 9, FIRST).index()).isEqualTo(9);
    }

    @Test
    void theKernelNamesItsBoot() {
        assertThat(AppliedBound.presentBoot()).isEqualTo(AppliedBound.presentBoot());
    }

    @Test
    void damageAndNewerVersionsAreNamed() throws IOException {
        Path file = current.resolve(AppliedBound.FILE_NAME);
        AppliedBound.open(current, FIRST);
        byte[] intact = Files.readAllBytes(file);
        for (int i = 0; i < intact.length; i++) {
            byte[] damaged = intact.clone();
            damaged[i] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(() -> AppliedBound.open(current, FIRST))
                    .isInstanceOf(CorruptFormatException.class)
                    .hasMessageContaining(file.toString());
        }
        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> AppliedBound.settle(current, 9, FIRST))
                .isInstanceOf(CorruptFormatException.class)
                .hasMessageContaining("has 3 bytes");
    }
}
