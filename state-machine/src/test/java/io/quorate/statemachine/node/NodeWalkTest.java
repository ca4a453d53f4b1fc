package io.quorate.statemachine.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.service.AdminException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NodeWalkTest {
    private final Map<String, CompletableFuture<JsonNode>> answers = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private final NodeWalk walk = new NodeWalk(address -> {
        asked.add(address);
        return answers.get(address);
    });

    private void answers(String address, String... neighbours) {
        ObjectNode status = DescriptorJson.object().put("node", address);
        ObjectNode shard = status.putArray("shards").addObject();
        shard.putArray("peers");
        for (String neighbour : neighbours) {
            shard.withArray("/peers").addObject().put("address", neighbour);
        }
        answers.put(address, CompletableFuture.completedFuture(status));
    }

    private void isDown(String address) {
        answers.put(address, CompletableFuture.failedFuture(new AdminException("UNREACHABLE", address + " is down")));
    }

    private Optional<String> find(List<String> from, String wanted) {
        return walk.find(from, (address, status) -> address.equals(wanted) ? Optional.of(address) : Optional.empty());
    }

    @Test
    void aNodeIsFoundByThoseThatOthersName() {
        answers("a", "b");
        answers("b", "a", "c");
        answers("c");
        assertThat(find(List.of("a"), "c")).hasValue("c");
        assertThat(asked).containsExactly("a", "b", "c");
    }

    @Test
    void aSeedThatIsDownDoesNotKeepOthersFromAnswering() {
        isDown("a");
        answers("b", "c");
        answers("c");
        assertThat(find(List.of("a", "b"), "c")).hasValue("c");
        assertThat(walk.silent().get("a")).hasMessage("a is down");
    }

    @Test
    void aSeedThatNeverAnswersDoesNotHoldUpWhatOthersKnow() {
        answers.put("a", new CompletableFuture<>());
        answers("b", "c");
        answers("c");
        assertThat(find(List.of("a", "b"), "c")).hasValue("c");
    }

    @Test
    void nobodyIsAskedTwiceAndTheWalkEnds() {
        answers("a", "b", "a");
        answers("b", "a", "b");
        assertThat(find(List.of("a", "b"), "z")).isEmpty();
        assertThat(asked).containsExactly("a", "b");
        assertThat(walk.statuses()).containsOnlyKeys("a", "b");
    }

    @Test
    void aSecondQuestionGoesOnFromWhatIsKnown() {
        answers("a");
        answers("b");
        assertThat(find(List.of("a"), "z")).isEmpty();
        assertThat(find(List.of("b"), "a")).as("known").hasValue("a");
        assertThat(find(List.of("b"), "b")).hasValue("b");
        assertThat(asked).containsExactly("a", "b");
    }
}
