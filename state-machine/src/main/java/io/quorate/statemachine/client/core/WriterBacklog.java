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
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The session of one writer and its unanswered appends: new ones, those in the session, those to be sent again, and those whose
 * session ended while an attempt was open.
 *
 * <p>Appends leave in the order of submission; those that must be sent again go before new ones. The low-water mark that goes with
 * a record never passes an append that still waits for its outcome.
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

    private Session session = Session.NONE;
    /** Counts the sessions of this writer. */
    private long sessionNumber;

    private WriterId writer = WriterId.NONE;
    private long lastOrder;
    private final ArrayDeque<Append> fresh = new ArrayDeque<>();
    /** Unanswered appends of the open session, by sequence. */
    private final SequenceRing ring = new SequenceRing();
    /** To be sent again; in the open session, or in none. */
    private final PriorityQueue<Append> again = new PriorityQueue<>(Comparator.comparingLong(Append::order));
    /** Of former sessions, with an open attempt. */
    private final Set<Append> orphans = new LinkedHashSet<>();

    private Optional<Append> opening = Optional.empty();
    private Optional<Rejected> openingRejection = Optional.empty();

    WriterBacklog(WriterSettings settings, BiConsumer<Append, AppendOutcome> end) {
        this.settings = settings;
        this.end = end;
    }

    void add(Append append) {
        append.setOrder(++lastOrder);
        fresh.add(append);
    }

    /** True if something waits for a leader. */
    boolean hasWork() {
        return !fresh.isEmpty() || !again.isEmpty();
    }

    /** True if there is a session, and nothing to do in it. */
    boolean isIdle() {
        return session == Session.OPEN && ring.isEmpty() && !hasWork();
    }

    boolean canSend() {
        if (session != Session.OPEN) {
            return hasWork() && (opening.isEmpty() || !opening.get().hasOpenAttempt());
        }
        return !again.isEmpty() || !fresh.isEmpty() && ring.span() < settings.window();
    }

    /** Takes what is to be sent next, each as one more attempt. */
    List<Append> take(String address, int maxRequests, long maxBytes, long now) {
        List<Append> batch = new ArrayList<>();
        if (session != Session.OPEN) {
            batch.add(opening(now));
        } else {
            long bytes = take(again, batch, 0, maxRequests, maxBytes);
            take(fresh, batch, bytes, maxRequests, maxBytes);
        }
        batch.forEach(append -> append.attemptBegins(address));
        return batch;
    }

    private long take(Queue<Append> queue, List<Append> batch, long bytesBefore, int maxRequests, long maxBytes) {
        long bytes = bytesBefore;
        while (!queue.isEmpty() && batch.size() < maxRequests) {
            Append next = queue.peek();
            if (next.isDone()) {
                queue.poll();
                continue;
            }
            boolean fits = batch.isEmpty() || bytes + next.length() <= maxBytes;
            if (!fits || !next.isEncoded() && ring.span() >= settings.window()) {
                return Long.MAX_VALUE / 2;
            }
            queue.poll();
            next.setQueued(false);
            if (!next.isEncoded()) {
                next.encode(sessionNumber, writer, ring.next(), ring.lowWater());
                ring.add(next);
            }
            bytes += next.length();
            batch.add(next);
        }
        return bytes;
    }

    private Append opening(long now) {
        if (opening.isEmpty() || opening.get().deadlineNanos() - now <= 0) {
            Append open = new Append(
                    EntryKind.SESSION_OPEN,
                    BatchSequencer.sessionOpenPayload(settings.sessionTtlMillis()),
                    WriteConcern.MAJORITY,
                    now + OPENING_NANOS);
            open.encode(0, WriterId.NONE, 0, 0);
            opening = Optional.of(open);
            session = Session.OPENING;
        }
        return opening.get();
    }

    /** The session is open: its id is the LSN of the record that opened it. */
    void opened(Lsn lsn) {
        if (session == Session.OPEN) {
            return;
        }
        session = Session.OPEN;
        sessionNumber++;
        writer = new WriterId(lsn.value());
        ring.clear();
        opening = Optional.empty();
        openingRejection = Optional.empty();
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
        List<Append> unanswered = new ArrayList<>();
        ring.forEach(unanswered::add);
        ring.clear();
        unanswered.forEach(this::settle);
    }

    /** Decides where an unanswered append stands after an attempt, or its session, ended. */
    void settle(Append append) {
        if (isInSession(append)) {
            if (!append.hasOpenAttempt()) {
                sendAgain(append);
            }
        } else if (append.hasOpenAttempt()) {
            orphans.add(append);
        } else if (append.mayBeLogged() || append.kind() != EntryKind.USER) {
            end.accept(
                    append, new Indeterminate("its writer session expired, and an attempt may have reached the log"));
        } else {
            orphans.remove(append);
            append.leaveSession();
            sendAgain(append);
        }
    }

    private void sendAgain(Append append) {
        if (!append.isQueued()) {
            append.setQueued(true);
            again.add(append);
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
        fresh.forEach(visitor);
        // Those in the session were visited in the ring.
        again.stream().filter(append -> !isInSession(append)).forEach(visitor);
        fresh.removeIf(Append::isDone);
        again.removeIf(Append::isDone);
    }

    /** The record that ends the session; empty if there is none. */
    Optional<Append> closeSession(String address, long now) {
        if (session != Session.OPEN) {
            return Optional.empty();
        }
        Append close = new Append(EntryKind.SESSION_CLOSE, Bytes.EMPTY, WriteConcern.MAJORITY, now + CLOSING_NANOS);
        close.encode(sessionNumber, writer, ring.next(), ring.lowWater());
        close.attemptBegins(address);
        session = Session.NONE;
        return Optional.of(close);
    }
}
