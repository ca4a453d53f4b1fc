package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.identity.NodeDirectory;
import io.quorate.statemachine.identity.NodeIdentity;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.raft.ApplicationCatalog;
import io.quorate.statemachine.raft.RatisShardHost;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.NodeId;
import io.quorate.wal.log.Bytes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class NodeOperationsTest {
    @TempDir
    private Path directory;

    private final Logger audit = (Logger) LoggerFactory.getLogger("io.quorate.audit");
    private final Level before = audit.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private NodeDirectory data;
    private NodeOperations operations;

    @BeforeEach
    void open() throws Exception {
        data = NodeDirectory.open(directory.resolve("n1"), new NodeId("n1"), new SecureRandom());
        operations = new NodeOperations(new Waiting(), ApplicationCatalog.of(List.of(KvApplication::new)));
        lines.start();
        audit.setLevel(Level.INFO);
        audit.addAppender(lines);
    }

    @AfterEach
    void close() throws Exception {
        audit.detachAppender(lines);
        audit.setLevel(before);
        data.close();
    }

    /** A node that is part of no cluster. */
    private final class Waiting implements LocalNode {
        @Override
        public NodeIdentity identity() {
            return data.identity();
        }

        @Override
        public String address() {
            return "127.0.0.1:1";
        }

        @Override
        public String run() {
            return "run";
        }

        @Override
        public Optional<RatisShardHost> host() {
            return Optional.empty();
        }

        @Override
        public Optional<String> dismissal() {
            return Optional.empty();
        }

        @Override
        public void join(ClusterId cluster) {
            throw new AssertionError("joins " + cluster);
        }

        @Override
        public void dismiss(String why) {
            throw new AssertionError("dismissed: " + why);
        }
    }

    private List<String> audited(String json) {
        operations.call("checkpoint", Bytes.utf8(json), Optional.of("CN=admin"));
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void aCallHoldsItsThreadForTenMinutesAtMost() {
        ObjectNode arguments = DescriptorJson.object();
        assertThat(NodeOperations.timeout(arguments)).isEqualTo(Duration.ofSeconds(30));
        assertThat(NodeOperations.timeout(arguments.put("timeoutMillis", 600_000)))
                .isEqualTo(Duration.ofMinutes(10));
        assertThatThrownBy(() -> NodeOperations.timeout(arguments.put("timeoutMillis", 600_001)))
                .isInstanceOfSatisfying(
                        AdminException.class, e -> assertThat(e.error()).isEqualTo("INVALID"))
                .hasMessageContaining("timeoutMillis 600001 is not 1 to 600000");
        assertThat(ClusterCalls.ofOneCall(Duration.ofHours(1))).isEqualTo(Duration.ofMinutes(10));
        assertThat(ClusterCalls.ofOneCall(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aCallerCannotWriteLinesOfItsOwnIntoTheAuditLog() {
        assertThat(audited("{\"shard\":\n\"a\u2028\u0085b\\n\"}\r\n\t"))
                .containsExactly("[n1] checkpoint {\"shard\":\"a\\u2028\\u0085b\\n\"} by CN=admin");
    }

    @Test
    void whatIsNoJsonIsNotAuditedSinceItChangesNothing() {
        assertThat(audited("[n1] shards.remove {} by CN=admin\n")).isEmpty();
    }

    @Test
    void aLongCallIsCutInTheAuditLog() {
        assertThat(audited("{\"shard\":\"" + "x".repeat(1 << 20) + "\"}"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).hasSizeLessThan(5000).endsWith("... (1048588 characters) by CN=admin"));
    }
}
