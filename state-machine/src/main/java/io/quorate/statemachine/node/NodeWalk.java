package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.quorate.statemachine.service.AdminException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One look at a cluster: asks nodes for their status, several at once, then those that they name, until what is looked for is found or
 * nobody is left to ask. A node that is down or silent costs its timeout only where nobody else has the answer. Of one thread.
 */
final class NodeWalk {
    private static final int AT_ONCE = 32;

    private final Function<String, CompletableFuture<JsonNode>> question;
    private final Map<String, JsonNode> statuses = new TreeMap<>();
    private final Map<String, AdminException> silent = new TreeMap<>();
    private final Set<String> seen = new TreeSet<>();
    private final Queue<String> waiting = new ArrayDeque<>();
    /** At most as many as are {@link #asked}. */
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    private int asked;

    private record Answer(String address, JsonNode status, Throwable failure) {}

    /** @param question asks the node at an address for its status; ends by itself, with an {@link AdminException} if it fails */
    NodeWalk(Function<String, CompletableFuture<JsonNode>> question) {
        this.question = question;
    }

    /** What those that have answered say of themselves, by address. */
    Map<String, JsonNode> statuses() {
        return Collections.unmodifiableMap(statuses);
    }

    /** Those that have been asked in vain, by address. */
    Map<String, AdminException> silent() {
        return Collections.unmodifiableMap(silent);
    }

    /** All that have been asked, by address: what they say, or their {@code address} and the {@code error}. */
    List<JsonNode> everybody() {
        Map<String, JsonNode> all = new TreeMap<>(statuses);
        silent.forEach((address, failure) ->
                all.put(address, DescriptorJson.object().put("address", address).put("error", failure.getMessage())));
        return List.copyOf(all.values());
    }

    /**
     * Goes on with these addresses and those that the nodes there name.
     *
     * @param wanted given an address and a status; where it finds something, the walk stops there
     */
    <T> Optional<T> find(Collection<String> addresses, BiFunction<String, JsonNode, Optional<T>> wanted) {
        for (Map.Entry<String, JsonNode> known : statuses.entrySet()) {
            Optional<T> found = wanted.apply(known.getKey(), known.getValue());
            if (found.isPresent()) {
                return found;
            }
        }
        addresses.forEach(this::visit);
        while (askMore()) {
            Answer answer = take();
            if (answer.failure() != null) {
                silent.put(answer.address(), reason(answer));
                continue;
            }
            statuses.put(answer.address(), answer.status());
            for (JsonNode shard : answer.status().path("shards")) {
                shard.path("peers").forEach(peer -> visit(peer.path("address").asText()));
            }
            Optional<T> found = wanted.apply(answer.address(), answer.status());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private void visit(String address) {
        if (seen.add(address)) {
            waiting.add(address);
        }
    }

    /** Returns whether an answer is to come. */
    private boolean askMore() {
        while (!waiting.isEmpty() && asked < AT_ONCE) {
            String address = waiting.poll();
            asked++;
            question.apply(address)
                    .whenComplete((status, failure) -> answers.add(new Answer(address, status, failure)));
        }
        return asked > 0;
    }

    private Answer take() {
        try {
            Answer answer = answers.take();
            asked--;
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException("INTERRUPTED", "interrupted while nodes were asked for their status", e);
        }
    }

    private static AdminException reason(Answer answer) {
        Throwable failure = answer.failure() instanceof CompletionException
                        && answer.failure().getCause() != null
                ? answer.failure().getCause()
                : answer.failure();
        if (failure instanceof AdminException known) {
            return known;
        }
        throw new IllegalStateException("status of " + answer.address(), failure);
    }
}
