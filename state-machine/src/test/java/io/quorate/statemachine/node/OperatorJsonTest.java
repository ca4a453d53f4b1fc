package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.topology.Incarnation;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.topology.Role;
import io.quorate.topology.ShardDescriptor;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.VersionRange;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What operators and nodes send one another is read, or refused as INVALID: no other failure comes of any document. */
class OperatorJsonTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int MUTATIONS = 2_000;

    private static Peer peer(String name) {
        return new Peer(new PeerId(new NodeId(name), new Incarnation(9)), "127.0.0.1:1", Role.VOTER);
    }

    private static final ShardDescriptor DESCRIPTOR = new ShardDescriptor(
            new ClusterId(new UUID(1, 2)),
            new ShardId("orders"),
            Generation.FIRST,
            "kv",
            List.of(peer("n1"), peer("n2")));

    private static final ShardRecord SHARD =
            new ShardRecord(DESCRIPTOR, ShardRecord.State.CREATING, Set.of(new NodeId("n1")));

    private static final SkipRecord SKIP = new SkipRecord(
            DESCRIPTOR,
            new Lsn(7),
            1,
            SkipRecord.State.DECIDED,
            42,
            Set.of(peer("n1").id().toString()),
            Set.of(peer("n2").id().toString()));

    private static final NodeRecord NODE =
            NodeRecord.of(peer("n1").id(), "127.0.0.1:1").joins().remove();

    private static ObjectNode slice() {
        LogRecord record = LogRecord.sessionless(EntryKind.USER, Bytes.utf8("text"));
        ObjectNode slice = JSON.objectNode().put("next", 8);
        slice.putArray("entries")
                .addObject()
                .put("lsn", 7)
                .put("epoch", 1)
                .put("timestampMillis", 12)
                .put(
                        "record",
                        Base64.getEncoder().encodeToString(record.encoded().toArray()));
        return slice;
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(DescriptorJson.readDescriptor(DescriptorJson.write(DESCRIPTOR)))
                .isEqualTo(DESCRIPTOR);
        assertThat(ShardRecord.read(SHARD.write())).isEqualTo(SHARD);
        assertThat(SkipRecord.read(SKIP.write())).isEqualTo(SKIP);
        assertThat(NodeRecord.read(NODE.write())).isEqualTo(NODE);
        assertThat(TailOperations.read(slice()).entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.payload().utf8()).isEqualTo("text"));
    }

    @Test
    void aDocumentThatWasCutOrChangedAnywhereIsReadOrInvalid() {
        assertReadOrInvalid(DescriptorJson.write(DESCRIPTOR), DescriptorJson::readDescriptor);
        assertReadOrInvalid(DescriptorJson.write(peer("n1")), DescriptorJson::readPeer);
        assertReadOrInvalid(SHARD.write(), document -> ShardRecord.read((ObjectNode) document));
        assertReadOrInvalid(SKIP.write(), SkipRecord::read);
        assertReadOrInvalid(NODE.write(), NodeRecord::read);
        assertReadOrInvalid(SKIP.call(), SkipRecord::readMark);
        assertReadOrInvalid(slice(), TailOperations::read);
        assertReadOrInvalid(DescriptorJson.write(new VersionRange(2, 5)), DescriptorJson::readRange);
    }

    /** A range that is misread would let a node in that cannot read the log, or keep one out that can. */
    @Test
    void aRangeOfVersionsIsReadExactlyOrInvalid() {
        for (VersionRange range : List.of(new VersionRange(1, 1), new VersionRange(2, Integer.MAX_VALUE))) {
            assertThat(DescriptorJson.readRange(DescriptorJson.write(range))).isEqualTo(range);
        }
        for (String invalid : List.of(
                "{}",
                "{\"oldest\":1}",
                "{\"newest\":1}",
                "{\"oldest\":0,\"newest\":1}",
                "{\"oldest\":3,\"newest\":2}",
                "{\"oldest\":-1,\"newest\":2}",
                "{\"oldest\":\"one\",\"newest\":2}",
                "{\"oldest\":1.5,\"newest\":2}",
                "{\"oldest\":1,\"newest\":4294967298}",
                "{\"oldest\":1,\"newest\":null}",
                "[1,2]",
                "7")) {
            assertThatExceptionOfType(AdminException.class)
                    .as(invalid)
                    .isThrownBy(() -> DescriptorJson.readRange(new ObjectMapper().readTree(invalid)))
                    .satisfies(refused -> assertThat(refused.error()).isEqualTo("INVALID"));
        }
    }

    private static void assertReadOrInvalid(ObjectNode document, Function<JsonNode, Object> reader) {
        Random random = new Random(23);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            ObjectNode mutated = document.deepCopy();
            mutate(mutated, random);
            try {
                assertThat(reader.apply(mutated)).isNotNull();
            } catch (AdminException e) {
                assertThat(e.error()).as(mutated.toString()).isEqualTo("INVALID");
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("reading " + mutated, other);
            }
        }
        assertThat(refused).as("mutations that were refused").isPositive();
    }

    /** Takes something away, or puts something else in its place. */
    private static void mutate(JsonNode document, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collect(document, containers);
        JsonNode container = containers.get(random.nextInt(containers.size()));
        if (container instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            if (random.nextInt(4) == 0) {
                object.remove(name);
            } else {
                object.set(name, something(random));
            }
        } else if (container instanceof ArrayNode array) {
            array.set(random.nextInt(array.size()), something(random));
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode() && !node.isEmpty()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static JsonNode something(Random random) {
        return switch (random.nextInt(11)) {
            case 0 -> JSON.nullNode();
            case 1 -> JSON.booleanNode(true);
            case 2 -> JSON.numberNode(random.nextLong());
            case 3 -> JSON.numberNode(-1);
            case 4 -> JSON.numberNode(0);
            case 5 -> JSON.numberNode(1e300);
            case 6 -> JSON.textNode("");
            case 7 -> JSON.textNode("no such thing");
            case 8 -> JSON.textNode(Long.toString(random.nextLong()));
            case 9 -> JSON.arrayNode().add("x").add(7);
            default -> JSON.objectNode().put("x", "y");
        };
    }
}
