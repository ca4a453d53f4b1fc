package io.quorate.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a shard is, by what its replicas say of themselves. Pure.
 *
 * @param stoppedBy why it takes no writes; empty if it serves: its leader and a majority of its voters answer and have no problem
 * @param whole whether it serves, and all of its members are well and know the leader
 * @param atLimit whether it serves, and would not with one voter less
 * @param problems of its replicas, but for those whose node does not answer, and for not knowing a leader where there is none
 */
record ShardCondition(String shard, Optional<String> stoppedBy, boolean whole, boolean atLimit, List<String> problems) {
    static final String NO_LEADER = "no leader that answers";
    static final String NO_MAJORITY = "fewer voters than a majority are well";
    static final String ILL_LEADER = "a leader with a problem";

    private static final String UNLED = "no leader is known";
    private static final String VOTER = "VOTER";

    ShardCondition {
        problems = List.copyOf(problems);
    }

    boolean serves() {
        return stoppedBy.isEmpty();
    }

    /**
     * Judges one.
     *
     * @param replicas what nodes say of it
     * @param listed its members by the cluster's metadata, for where no replica names them
     * @param answering names of the nodes that answer
     */
    static ShardCondition of(String shard, List<JsonNode> replicas, JsonNode listed, Set<String> answering) {
        Map<String, JsonNode> byPeer = new HashMap<>();
        replicas.forEach(replica -> byPeer.put(replica.path("self").asText(), replica));
        boolean led = replicas.stream().anyMatch(ShardCondition::leads);
        boolean leaderIsWell = false;
        boolean allWell = true;
        int voters = 0;
        int able = 0;
        List<String> problems = new ArrayList<>();
        for (JsonNode peer : members(replicas, listed)) {
            String id = peer.path("id").asText();
            Optional<JsonNode> replica = Optional.ofNullable(byPeer.get(id));
            boolean nodeAnswers = answering.contains(nodeOf(id));
            Optional<String> problem = problem(replica, nodeAnswers);
            boolean works = problem.isEmpty() || problem.get().equals(UNLED);
            if (nodeAnswers && (led || !works)) {
                problem.ifPresent(text -> problems.add(shard + " on " + nodeOf(id) + ": " + text));
            }
            if (peer.path("role").asText().equals(VOTER)) {
                voters++;
                able += works ? 1 : 0;
            }
            leaderIsWell |= works && replica.filter(ShardCondition::leads).isPresent();
            allWell &= problem.isEmpty();
        }
        int majority = voters / 2 + 1;
        Optional<String> stoppedBy = Optional.empty();
        if (!led) {
            stoppedBy = Optional.of(NO_LEADER);
        } else if (able < majority) {
            stoppedBy = Optional.of(NO_MAJORITY);
        } else if (!leaderIsWell) {
            stoppedBy = Optional.of(ILL_LEADER);
        }
        boolean serves = stoppedBy.isEmpty();
        return new ShardCondition(shard, stoppedBy, serves && allWell, serves && able == majority, problems);
    }

    private static Optional<String> problem(Optional<JsonNode> replica, boolean nodeAnswers) {
        if (replica.isEmpty()) {
            return Optional.of(nodeAnswers ? "the node does not have it" : "its node does not answer");
        }
        JsonNode status = replica.get();
        return Optional.ofNullable(status.path("problem").textValue())
                .or(() -> status.path("leader").isTextual() ? Optional.empty() : Optional.of(UNLED));
    }

    /** By the word of the latest leader, else of whoever has the latest word, else of the metadata. */
    private static JsonNode members(List<JsonNode> replicas, JsonNode listed) {
        return replicas.stream()
                .filter(replica -> !replica.path("peers").isEmpty())
                .max(Comparator.comparing(ShardCondition::leads)
                        .thenComparing(replica -> replica.path("epoch").asLong()))
                .map(replica -> replica.path("peers"))
                .orElse(listed);
    }

    private static boolean leads(JsonNode replica) {
        return replica.path("leads").asBoolean();
    }

    /** Name of the node of a peer, {@code n1} of {@code n1.00000000deadbeef}. */
    static String nodeOf(String peer) {
        int dot = peer.indexOf('.');
        return dot < 0 ? peer : peer.substring(0, dot);
    }
}
