package io.quorate.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RehearsalTest {
    @Test
    void itGoesThroughAndLeavesNothingBehind(@TempDir Path directory) throws IOException {
        Path used = directory.resolve("r");
        Rehearsal.main(new String[] {used.toString()});
        assertThat(used).doesNotExist();
    }
}
