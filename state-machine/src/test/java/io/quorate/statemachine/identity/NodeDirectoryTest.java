package io.quorate.statemachine.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.statemachine.identity.DataDirectoryException.Problem;
import io.quorate.topology.ClusterId;
import io.quorate.topology.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeDirectoryTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final ClusterId CLUSTER = new ClusterId(new UUID(1, 2));

    @TempDir
    private Path temp;

    private final Random random = new Random(42);

    private NodeDirectory open(String name, NodeId node) {
        return NodeDirectory.open(temp.resolve(name), node, random);
    }

    @Test
    void anEmptyDirectoryIsFormattedOnceAndKeepsItsIncarnation() {
        NodeIdentity first;
        try (NodeDirectory directory = open("a/b", N1)) {
            first = directory.identity();
            assertThat(directory.formatted()).isTrue();
            assertThat(first.cluster()).isEmpty();
        }
        try (NodeDirectory directory = open("a/b", N1)) {
            assertThat(directory.formatted()).isFalse();
            assertThat(directory.identity()).isEqualTo(first);
        }
    }

    @Test
    void aWipedDiskComesBackAsAnotherPeer() throws IOException {
        NodeIdentity before;
        try (NodeDirectory directory = open("d", N1)) {
            before = directory.identity();
        }
        Files.delete(temp.resolve("d/NODE"));
        Files.delete(temp.resolve("d/LOCK"));
        try (NodeDirectory directory = open("d", N1)) {
            assertThat(directory.identity().peer().node()).isEqualTo(N1);
            assertThat(directory.identity().peer()).isNotEqualTo(before.peer());
        }
    }

    @Test
    void theClusterIsKeptAndAnotherOneRefused() {
        try (NodeDirectory directory = open("d", N1)) {
            directory.join(CLUSTER);
            directory.join(CLUSTER);
        }
        try (NodeDirectory directory = open("d", N1)) {
            assertThat(directory.identity().cluster()).contains(CLUSTER);
            assertRefused(Problem.FOREIGN_CLUSTER, () -> directory.join(new ClusterId(new UUID(3, 4))));
            assertThat(directory.identity().cluster()).contains(CLUSTER);
        }
    }

    @Test
    void aDirectoryInUseIsRefusedAndFreeAfterClose() {
        try (NodeDirectory directory = open("d", N1)) {
            assertThatThrownBy(() -> open("d", N1))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining(directory.path().toString())
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid());
        }
        open("d", N1).close();
    }

    @Test
    void theDirectoryOfAnotherNodeIsRefusedAndStaysUsableForItsOwn() {
        NodeIdentity owner;
        try (NodeDirectory directory = open("d", N1)) {
            owner = directory.identity();
        }
        assertRefused(Problem.FOREIGN_NODE, () -> open("d", new NodeId("n2")));
        try (NodeDirectory directory = open("d", N1)) {
            assertThat(directory.identity()).isEqualTo(owner);
        }
    }

    @Test
    void damageIsRefusedAndLeftAsItIs() throws IOException {
        open("d", N1).close();
        Path file = temp.resolve("d/NODE");
        byte[] bytes = Files.readAllBytes(file);
        bytes[15] ^= 1;
        Files.write(file, bytes);
        assertRefused(Problem.DAMAGED, () -> open("d", N1));
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        bytes[15] ^= 1;
        Files.write(file, bytes);
        open("d", N1).close();
    }

    @Test
    void dataWithoutIdentityIsRefusedWithoutATrace() throws IOException {
        Files.createDirectories(temp.resolve("d/raft"));
        assertRefused(Problem.NO_IDENTITY, () -> open("d", N1));
        assertThat(temp.resolve("d/LOCK")).doesNotExist();
        assertThat(temp.resolve("d/NODE")).doesNotExist();
    }

    @Test
    void anInterruptedFormatIsDoneAgain() throws IOException {
        Files.createDirectories(temp.resolve("d/lost+found"));
        Files.writeString(temp.resolve("d/NODE.tmp"), "half");
        try (NodeDirectory directory = open("d", N1)) {
            assertThat(directory.formatted()).isTrue();
        }
    }

    @Test
    void aFileInPlaceOfTheDirectoryIsNamed() throws IOException {
        Files.writeString(temp.resolve("f"), "");
        assertRefused(Problem.UNUSABLE, () -> open("f", N1));
        assertRefused(Problem.UNUSABLE, () -> open("f/below", N1));
    }

    private void assertRefused(Problem problem, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(DataDirectoryException.class, e -> assertThat(e.problem())
                        .isEqualTo(problem))
                .hasMessageContaining(temp.toString());
    }
}
