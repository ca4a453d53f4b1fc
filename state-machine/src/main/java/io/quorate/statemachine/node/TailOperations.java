package io.quorate.statemachine.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.host.HostedShard;
import io.quorate.statemachine.service.AdminException;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogTruncatedException;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadUnavailableException;
import io.quorate.wal.log.SliceLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Reading a replica's log by LSN, over the network. Blocking. */
final class TailOperations {
    private static final long MAX_WAIT_MILLIS = 10_000;

    private TailOperations() {}

    /** {@code {shard, from, maxEntries?, waitMillis?}}; records in base 64, at most 1 MiB of payloads. */
    static JsonNode tail(HostedShard shard, JsonNode arguments) {
        Lsn from = DescriptorJson.parse(() -> new Lsn(arguments.path("from").asLong()));
        SliceLimits limits = DescriptorJson.parse(() -> new SliceLimits(
                arguments.path("maxEntries").asInt(SliceLimits.DEFAULT.maxEntries()), SliceLimits.DEFAULT.maxBytes()));
        long wait = Math.max(
                0, Math.min(MAX_WAIT_MILLIS, arguments.path("waitMillis").asLong()));
        LogSlice slice;
        try {
            slice = shard.tail(from, limits, Duration.ofMillis(wait)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LogTruncatedException truncated) {
                throw new AdminException("TRUNCATED", truncated.getMessage(), e);
            }
            if (e.getCause() instanceof ReadUnavailableException unavailable) {
                throw new AdminException("NOT_LEADER", unavailable.getMessage(), e);
            }
            throw e;
        } catch (IllegalArgumentException e) {
            throw new AdminException("INVALID", e.getMessage(), e);
        }
        ObjectNode answer = DescriptorJson.object().put("next", slice.next().value());
        answer.putArray("entries");
        for (LogEntry entry : slice.entries()) {
            answer.withArray("/entries")
                    .addObject()
                    .put("lsn", entry.lsn().value())
                    .put("epoch", entry.epoch())
                    .put("timestampMillis", entry.timestampMillis())
                    .put(
                            "record",
                            Base64.getEncoder()
                                    .encodeToString(entry.record().encoded().toArray()));
        }
        return answer;
    }

    /**
     * What {@link #tail} answered.
     *
     * @throws AdminException if it is no such answer
     */
    static LogSlice read(JsonNode answer) {
        try {
            return DescriptorJson.parse(() -> readSlice(answer));
        } catch (CorruptFormatException e) {
            throw new AdminException("INVALID", e.getMessage(), e);
        }
    }

    private static LogSlice readSlice(JsonNode answer) {
        List<LogEntry> entries = new ArrayList<>();
        for (JsonNode entry : answer.path("entries")) {
            Bytes record =
                    Bytes.wrap(Base64.getDecoder().decode(entry.path("record").asText()));
            entries.add(new LogEntry(
                    new Lsn(entry.path("lsn").asLong()),
                    entry.path("epoch").asLong(),
                    entry.path("timestampMillis").asLong(),
                    LogRecord.decode(record, 0)));
        }
        return new LogSlice(entries, new Lsn(answer.path("next").asLong()));
    }
}
