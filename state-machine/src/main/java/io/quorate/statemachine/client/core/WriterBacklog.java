package io.quorate.statemachine.client.core;

import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.WriteConcern;
import io.quorate.wal.log.WriterId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The session of one writer and its unanswered appends: new ones, those in the session, those to be sent again, and those whose
 * session ended while an attempt was open.
 *
 * <p>Appends leave in the order of submission, but those that must be sent again in their session go before all others: they need no
 * room in the window, and only their answers give room in it. The low-water mark that goes with a record never passes an append that
 * still waits for its outcome.
 */
final class WriterBacklog {
    private enum Session {
        NONE,
        OPENING,
        OPEN
    }

    private static final long OPENING_NANOS = 10_000_000_000L;
    private static final long CLOSING_NANOS = 1_000_000_000L;

    private final WriterSettings settings;
    private final BiConsumer<Append, AppendOutcome> end;

    /**
     * Of the shard, by its present leader; null before the first is found, and nothing is sent before that. Invariant: the session, if
     * one is open, was opened in it. Ids of sessions are LSNs, and repeat in another life.
     */
    private UUID life;

    private Session session = Session.NONE;
    /** Counts the sessions of this writer. */
    private long sessionNumber;

    private WriterId writer = WriterId.NONE;
    private long lastOrder;
    /** Never sent. Invariant: of higher order than all others, and in no session. */
    private final ArrayDeque<Append> fresh = new ArrayDeque<>();
    /** Back from a session that expired. Invariant: certainly not in the log, and in no session. */
    private final PriorityQueue<Append> returned = byOrder();
    /** Unanswered appends of the open session, by sequence. */
    private final SequenceRing ring = new SequenceRing();
    /** To be sent again. Invariant: each is over, or in the open session and in {@link #ring}. */
    private final PriorityQueue<Append> again = byOrder();
    /** Of former sessions, with an open attempt. */
    private final Set<Append> orphans = new LinkedHashSet<>();

    private Optional<Append> opening = Optional.empty();
    private Optional<Rejected> openingRejection = Optional.empty();

    WriterBacklog(WriterSettings settings, BiConsumer<Append, AppendOutcome> end) {
        this.settings = settings;
        this.end = end;
    }

    private static PriorityQueue<Append> byOrder() {
        return new PriorityQueue<>(Comparator.comparingLong(Append::order));
    }

    void add(Append append) {
        append.setOrder(++lastOrder);
        fresh.add(append);
    }

    /** True if something waits for a leader. */
    boolean hasWork() {
        return !fresh.isEmpty() || !again.isEmpty() || !returned.isEmpty();
    }

    /** True if there is a session, and nothing to do in it. */
    boolean isIdle() {
        return session == Session.OPEN && ring.isEmpty() && !hasWork();
    }

    boolean canSend() {
        if (session != Session.OPEN) {
            return hasWork() && (opening.isEmpty() || !opening.get().hasOpenAttempt());
        }
        return !again.isEmpty() || hasRoom() && !(returned.isEmpty() && fresh.isEmpty());
    }

    /** True if one more append can enter the session. */
    private boolean hasRoom() {
        return ring.span() < settings.window();
    }

    /** Takes what is to be sent next, each as one more attempt. */
    List<Append> take(String address, int maxRequests, long maxBytes, long now) {
        List<Append> batch = new ArrayList<>();
        if (session != Session.OPEN) {
            batch.add(opening(now));
        } else {
            Message message = new Message(batch, maxRequests, maxBytes);
            resend(message);
            enter(returned, message);
            enter(fresh, message);
        }
        batch.forEach(append -> append.attemptBegins(address));
        return batch;
    }

    /** What goes together. */
    private static final class Message {
        private final List<Append> appends;
        private final int maxRequests;
        private final long maxBytes;
        private long bytes;
        /** Once something did not fit: what comes behind it must not overtake it. */
        private boolean full;

        Message(List<Append> appends, int maxRequests, long maxBytes) {
            this.appends = appends;
            this.maxRequests = maxRequests;
            this.maxBytes = maxBytes;
        }

        /** True if one more fits; a single one always does. */
        boolean fits(Append append) {
            full |= !appends.isEmpty() && (appends.size() >= maxRequests || bytes + append.length() > maxBytes);
            return !full;
        }

        void add(Append append) {
            appends.add(append);
            bytes += append.length();
        }
    }

    private void resend(Message message) {
        while (!again.isEmpty() && (again.peek().isDone() || message.fits(again.peek()))) {
            Append next = again.poll();
            next.setQueued(false);
            if (!next.isDone()) {
                message.add(next);
            }
        }
    }

    /** Appends enter the session, as many as it and the message have room for. */
    private void enter(Queue<Append> queue, Message message) {
        while (!queue.isEmpty() && (queue.peek().isDone() || hasRoom() && message.fits(queue.peek()))) {
            Append next = queue.poll();
            next.setQueued(false);
            if (!next.isDone()) {
                next.encode(life, sessionNumber, writer, ring.next(), ring.lowWater());
                ring.add(next);
                message.add(next);
            }
        }
    }

    private Append opening(long now) {
        if (opening.isEmpty() || opening.get().deadlineNanos() - now <= 0) {
            Append open = new Append(
                    EntryKind.SESSION_OPEN,
                    BatchSequencer.sessionOpenPayload(settings.sessionTtlMillis()),
                    WriteConcern.MAJORITY,
                    now + OPENING_NANOS);
            open.encode(life, 0, WriterId.NONE, 0, 0);
            opening = Optional.of(open);
            session = Session.OPENING;
        }
        return opening.get();
    }

    /** The session is open: its id is the LSN of the record that opened it. */
    void opened(UUID openedIn, Lsn lsn) {
        if (session == Session.OPEN || !openedIn.equals(life)) {
            return;
        }
        session = Session.OPEN;
        sessionNumber++;
        writer = new WriterId(lsn.value());
        ring.clear();
        opening = Optional.empty();
        openingRejection = Optional.empty();
    }

    /** What was begun in another life of the shard ended with that one. */
    void livesIn(UUID present) {
        if (present.equals(life)) {
            return;
        }
        life = present;
        expired(sessionNumber);
        opening = Optional.empty();
        if (session == Session.OPENING) {
            session = Session.NONE;
        }
    }

    /** The record that opens the session was refused for good. */
    void openingFailed() {
        session = Session.NONE;
        opening = Optional.empty();
    }

    void openingRejected(Rejected rejection) {
        openingRejection = Optional.of(rejection);
    }

    /** Why there is no session yet; empty if none was refused. */
    Optional<Rejected> openingRejection() {
        return openingRejection;
    }

    private boolean isInSession(Append append) {
        return session == Session.OPEN && append.session() == sessionNumber;
    }

    /** A session was said to have expired. What certainly is not in the log moves on to the next one. */
    void expired(long number) {
        if (session != Session.OPEN || number != sessionNumber) {
            return;
        }
        session = Session.NONE;
        again.forEach(append -> append.setQueued(false));
        again.clear();
        List<Append> unanswered = new ArrayList<>();
        ring.forEach(unanswered::add);
        ring.clear();
        unanswered.forEach(this::settle);
    }

    /** Decides where an unanswered append stands after an attempt, or its session, ended. */
    void settle(Append append) {
        if (isInSession(append)) {
            if (!append.isLatestOpen()) {
                sendAgain(append);
            }
        } else if (append.hasOpenAttempt()) {
            orphans.add(append);
        } else if (append.mayBeLogged() || append.kind() != EntryKind.USER) {
            end.accept(
                    append,
                    new Indeterminate(
                            "its writer session expired, or the shard was created anew, and an attempt may have reached the log"));
        } else {
            orphans.remove(append);
            append.leaveSession();
            enqueue(append, returned);
        }
    }

    private void sendAgain(Append append) {
        enqueue(append, again);
    }

    private static void enqueue(Append append, Queue<Append> queue) {
        if (!append.isQueued()) {
            append.setQueued(true);
            queue.add(append);
        }
    }

    /** Sends everything of the session again, except where an attempt is open at the address already. */
    void sendAllAgain(String address) {
        ring.forEach(append -> {
            if (!append.isOpenAt(address)) {
                sendAgain(append);
            }
        });
        if (opening.isPresent() && !opening.get().isOpenAt(address)) {
            // A second opening is harmless: the session that nobody uses expires.
            opening = Optional.empty();
        }
    }

    /** An append is over. */
    void ended(Append append) {
        if (isInSession(append)) {
            ring.answered(append.sequence());
        } else {
            orphans.remove(append);
        }
    }

    /** Visits all appends, in no particular order, and drops those that are done then. */
    void forEach(Consumer<Append> visitor) {
        ring.forEach(visitor);
        List.copyOf(orphans).forEach(visitor);
        returned.forEach(visitor);
        fresh.forEach(visitor);
        // Those to be sent again were visited in the ring.
        fresh.removeIf(Append::isDone);
        returned.removeIf(Append::isDone);
        again.removeIf(Append::isDone);
    }

    /** The record that ends the session; empty if there is none. */
    Optional<Append> closeSession(String address, long now) {
        if (session != Session.OPEN) {
            return Optional.empty();
        }
        Append close = new Append(EntryKind.SESSION_CLOSE, Bytes.EMPTY, WriteConcern.MAJORITY, now + CLOSING_NANOS);
        close.encode(life, sessionNumber, writer, ring.next(), ring.lowWater());
        close.attemptBegins(address);
        session = Session.NONE;
        return Optional.of(close);
    }
}
