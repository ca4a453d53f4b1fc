package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.ClientRequest;
import io.quorate.statemachine.wire.RequestCodec;
import io.quorate.statemachine.wire.ResponseCodec;
import io.quorate.statemachine.wire.ServerResponse;
import io.quorate.statemachine.wire.WireMessage;
import io.quorate.wal.log.CorruptFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.netty.util.internal.ThreadExecutorMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream. Messages are asked for one by one, and only while the client has credit left, so that what a stream
 * holds is bounded by its credit and one message. Answers are written by the stream's event loop: those that complete until it
 * gets to it, or while the transport is not ready, share a message.
 *
 * <p>Threads: the listener's methods are called one at a time by the transport; {@link #answer} by any thread.
 */
final class ClientStream extends ServerCall.Listener<WireMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(ClientStream.class);

    /** Answers of one message, at most, unless a single one is larger. */
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final ServerCall<WireMessage, WireMessage> call;
    private final StreamLimits limits;
    private final RequestHandler handler;
    private final AnswerQueue queue = new AnswerQueue();
    private final ResultRoom results;

    /** The stream's event loop, once it is known; it serializes writes without contention. */
    private volatile Optional<Executor> loop = Optional.empty();

    /** Guards all fields below and the call. */
    private final Object lock = new Object();

    private final List<Answer> unwritten = new ArrayList<>();
    /** Invariant: requests that were handled and whose answer was not given to the transport. */
    private int outstanding;

    private long outstandingBytes;
    private boolean paused;
    private boolean greeted;
    private boolean halfClosed;
    private volatile boolean closed;

    ClientStream(ServerCall<WireMessage, WireMessage> call, ServedShards shards) {
        this.call = call;
        this.limits = shards.limits();
        this.results = new ResultRoom(shards);
        this.handler = new RequestHandler(shards, results, this::answer);
        call.sendHeaders(new Metadata());
        call.request(1);
    }

    @Override
    public void onMessage(WireMessage message) {
        learnLoop();
        List<ClientRequest> requests;
        try {
            requests = RequestCodec.decode(message.joined());
        } catch (CorruptFormatException malformed) {
            close(Status.INVALID_ARGUMENT.withDescription("malformed message: " + malformed.getMessage()));
            return;
        }
        if (!accept(requests)) {
            return;
        }
        for (ClientRequest request : requests) {
            handler.handle(request);
        }
        write();
    }

    /** Takes credit for the requests, before any of them can be answered. */
    private boolean accept(List<ClientRequest> requests) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            int from = greeted ? 0 : 1;
            boolean greeting = !requests.isEmpty() && requests.get(0) instanceof ClientRequest.Hello;
            boolean another = requests.stream().skip(from).anyMatch(r -> r instanceof ClientRequest.Hello);
            if (!greeted && !greeting || another) {
                close(Status.FAILED_PRECONDITION.withDescription("a stream begins with one hello"));
                return false;
            }
            greeted = true;
            for (ClientRequest request : requests) {
                outstanding += RequestHandler.count(request);
                outstandingBytes += RequestHandler.bytes(request);
            }
            paused = outstanding >= limits.maxRequests() || outstandingBytes >= limits.maxBytes();
            if (!paused) {
                call.request(1);
            }
            return true;
        }
    }

    private void learnLoop() {
        if (loop.isEmpty()) {
            loop = Optional.ofNullable(ThreadExecutorMap.currentExecutor());
        }
    }

    /** Called by any thread, once for each request. */
    private void answer(Answer answer) {
        if (!closed && queue.add(answer)) {
            wakeWriter();
        }
    }

    private void wakeWriter() {
        Optional<Executor> executor = loop;
        if (executor.isEmpty()) {
            write();
            return;
        }
        try {
            executor.get().execute(this::write);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("answers of a stream are dropped, since its event loop has stopped", stopped);
        }
    }

    @Override
    public void onReady() {
        learnLoop();
        write();
    }

    /** Writes what is answered, as long as the transport is ready; {@link #onReady} goes on. */
    private void write() {
        synchronized (lock) {
            while (!closed && call.isReady() && !nextAnswers().isEmpty()) {
                writeMessage();
            }
            if (paused && !closed && outstanding < limits.maxRequests() && outstandingBytes < limits.maxBytes()) {
                paused = false;
                call.request(1);
            }
            if (halfClosed && !closed && outstanding == 0) {
                close(Status.OK);
            }
        }
    }

    private List<Answer> nextAnswers() {
        if (unwritten.isEmpty()) {
            for (Answer answer : queue.takeAll()) {
                unwritten.add(answer);
                // The answer's own bytes count from now on, until it is written.
                outstandingBytes += answer.bytes();
            }
        }
        return unwritten;
    }

    private void writeMessage() {
        int end = 0;
        long bytes = 0;
        long credit = 0;
        long found = 0;
        while (end < unwritten.size() && (end == 0 || bytes + unwritten.get(end).bytes() <= MAX_ANSWER_BYTES)) {
            bytes += unwritten.get(end).bytes();
            credit += unwritten.get(end).credit();
            found += unwritten.get(end) instanceof Answer.Found result ? result.bytes() : 0;
            end++;
        }
        List<Answer> batch = unwritten.subList(0, end);
        List<ServerResponse> responses = AnswerRuns.fold(batch);
        call.sendMessage(ResponseCodec.encode(responses));
        if (found > 0) {
            results.giveBack(found);
        }
        outstanding -= batch.size();
        outstandingBytes -= bytes + credit;
        batch.clear();
    }

    private void close(Status status) {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                if (!status.isOk()) {
                    LOG.warn("client stream is closed: {}", status.getDescription());
                }
                call.close(status, new Metadata());
                results.close();
            }
        }
    }

    @Override
    public void onHalfClose() {
        synchronized (lock) {
            halfClosed = true;
        }
        write();
    }

    /** The client is gone; what is being worked on goes on, and its answers are dropped. */
    @Override
    public void onCancel() {
        synchronized (lock) {
            closed = true;
            unwritten.clear();
            results.close();
        }
    }
}
