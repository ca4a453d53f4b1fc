package io.quorate.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JavaProcessSpecTest {
    @Test
    void commandPutsOptionsBeforeTheMainClassAndArgumentsAfterIt() {
        List<String> command = JavaProcessSpec.of("n1", ObedientChild.class, Path.of("n1.log"))
                .withJvmArgs(List.of("-Xmx64m"))
                .withArgs(List.of("a", "b"))
                .command();

        assertThat(command.get(0)).endsWith("java");
        assertThat(command.subList(1, 3)).containsExactly("-Xmx64m", "-cp");
        assertThat(command.subList(4, command.size())).containsExactly(ObedientChild.class.getName(), "a", "b");
    }

    @Test
    void aLauncherComesBeforeJavaAndStaysWithEveryChange() {
        List<String> command = JavaProcessSpec.of("n1", ObedientChild.class, Path.of("n1.log"))
                .withLauncher(List.of("nice", "-n", "10"))
                .withJvmArgs(List.of("-Xmx64m"))
                .withArgs(List.of("a"))
                .withEnv(Map.of("A", "b"))
                .command();

        assertThat(command.subList(0, 3)).containsExactly("nice", "-n", "10");
        assertThat(command.get(3)).endsWith("java");
    }

    @Test
    void aChildUsesTheArchiveOfItsParentAndSaysAsLittleOfIt() {
        assertThat(JavaProcessSpec.archive(
                        List.of("-Xmx1g", "-Xlog:disable", "-XX:SharedArchiveFile=a.jsa", "-Xshare:auto")))
                .containsExactly("-Xlog:disable", "-XX:SharedArchiveFile=a.jsa", "-Xshare:auto");
        assertThat(JavaProcessSpec.archive(List.of("-Xlog:gc", "-Xmx1g"))).isEmpty();
    }

    @Test
    void blankNameOrMainClassIsRefused() {
        Path log = Path.of("x.log");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JavaProcessSpec(" ", "Main", List.of(), List.of(), Map.of(), log));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JavaProcessSpec("n1", "", List.of(), List.of(), Map.of(), log))
                .withMessageContaining("n1");
    }
}
