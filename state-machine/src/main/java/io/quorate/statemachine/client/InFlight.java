package io.quorate.statemachine.client;

import io.quorate.statemachine.client.core.Append;
import io.quorate.statemachine.client.core.Query;
import io.quorate.wal.log.CorruptFormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The requests that one connection has not answered, by id. Requests are kept in the groups in which they were sent. */
final class InFlight {
    /** A group of requests with consecutive ids; exactly one of the lists is not empty, or neither for a question. */
    static final class Group {
        private final long firstId;
        private final Optional<ShardHandle> shard;
        private final List<Append> appends;
        private final List<Query> queries;
        private final boolean[] answered;
        private int left;

        private Group(long firstId, Optional<ShardHandle> shard, List<Append> appends, List<Query> queries) {
            this.firstId = firstId;
            this.shard = shard;
            this.appends = appends;
            this.queries = queries;
            this.left = Math.max(1, appends.size() + queries.size());
            this.answered = new boolean[left];
        }

        boolean isOf(ShardHandle other) {
            return shard.isPresent() && shard.get() == other;
        }

        List<Append> unansweredAppends() {
            return unanswered(appends);
        }

        List<Query> unansweredQueries() {
            return unanswered(queries);
        }

        private <T> List<T> unanswered(List<T> all) {
            List<T> rest = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if (!answered[i]) {
                    rest.add(all.get(i));
                }
            }
            return rest;
        }
    }

    /** Part of a group that was answered alike. */
    record Answered(Group group, int from, int to) {
        ShardHandle shard() {
            return group.shard.orElseThrow(() -> new CorruptFormatException("answer to a ping that is no pong"));
        }

        List<Append> appends() {
            return group.appends.subList(from, to);
        }

        List<Query> queries() {
            return group.queries.subList(from, to);
        }

        boolean isAppends() {
            return !group.appends.isEmpty();
        }

        boolean isQueries() {
            return !group.queries.isEmpty();
        }
    }

    private final TreeMap<Long, Group> groups = new TreeMap<>();
    private long nextId = 1;
    private int requests;
    private long bytes;

    int requests() {
        return requests;
    }

    long bytes() {
        return bytes;
    }

    /** Returns the id of the first append. */
    long addAppends(ShardHandle shard, List<Append> appends) {
        for (Append append : appends) {
            bytes += append.length();
        }
        return add(new Group(nextId, Optional.of(shard), appends, List.of()));
    }

    /** Returns the id of the first query. */
    long addQueries(ShardHandle shard, List<Query> queries) {
        for (Query query : queries) {
            bytes += query.bytes().length();
        }
        return add(new Group(nextId, Optional.of(shard), List.of(), queries));
    }

    /** Returns the id of a question about a shard, or of a ping. */
    long addQuestion(Optional<ShardHandle> shard) {
        return add(new Group(nextId, shard, List.of(), List.of()));
    }

    private long add(Group group) {
        groups.put(group.firstId, group);
        nextId += group.left;
        requests += group.left;
        return group.firstId;
    }

    /**
     * Takes the requests of a run of ids out, group by group.
     *
     * @throws CorruptFormatException if one of them is not in flight
     */
    void answer(long firstId, int count, BiConsumer<Answered, Integer> visitor) {
        int done = 0;
        while (done < count) {
            long id = firstId + done;
            Map.Entry<Long, Group> floor = groups.floorEntry(id);
            long at = floor == null ? -1 : id - floor.getKey();
            if (floor == null || at >= floor.getValue().answered.length) {
                throw new CorruptFormatException("answer to request " + id + ", which is not in flight");
            }
            Group group = floor.getValue();
            int from = (int) at;
            int to = Math.min(group.answered.length, from + (count - done));
            take(group, from, to);
            visitor.accept(new Answered(group, from, to), done);
            done += to - from;
        }
    }

    private void take(Group group, int from, int to) {
        for (int i = from; i < to; i++) {
            if (group.answered[i]) {
                throw new CorruptFormatException("request " + (group.firstId + i) + " is answered twice");
            }
            group.answered[i] = true;
            bytes -= group.appends.isEmpty() ? 0 : group.appends.get(i).length();
            bytes -= group.queries.isEmpty() ? 0 : group.queries.get(i).bytes().length();
        }
        group.left -= to - from;
        requests -= to - from;
        if (group.left == 0) {
            groups.remove(group.firstId);
        }
    }

    /** Empties it; returns what was in it, in order. */
    Collection<Group> takeAll() {
        List<Group> all = new ArrayList<>(groups.values());
        groups.clear();
        requests = 0;
        bytes = 0;
        return all;
    }
}
