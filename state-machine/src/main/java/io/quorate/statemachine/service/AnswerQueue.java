package io.quorate.statemachine.service;

import java.util.ArrayList;
import java.util.List;

/**
 * Answers from many threads to one. The first answer after a pause asks for the writer; those that come until the writer has
 * taken everything join it, which is how answers share messages. Bounded by the requests that the stream admitted.
 */
final class AnswerQueue {
    private List<Answer> waiting = new ArrayList<>();
    private List<Answer> spare = new ArrayList<>();
    /** Invariant: true from the answer that asked for the writer until the writer found nothing left. */
    private boolean awaited;

    /** Adds an answer; true if the caller must wake the writer. */
    synchronized boolean add(Answer answer) {
        waiting.add(answer);
        boolean wake = !awaited;
        awaited = true;
        return wake;
    }

    /**
     * Takes all answers; the list is valid until the next call. After an empty list, the next {@link #add} asks for the writer
     * again.
     */
    synchronized List<Answer> takeAll() {
        List<Answer> taken = waiting;
        if (taken.isEmpty()) {
            awaited = false;
            return List.of();
        }
        spare.clear();
        waiting = spare;
        spare = taken;
        return taken;
    }
}
