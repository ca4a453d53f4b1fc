package io.quorate.tests.apply;

import io.quorate.statemachine.kv.KvCommand;
import io.quorate.topology.ClusterId;
import io.quorate.topology.Generation;
import io.quorate.wal.apply.BatchSequencer;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.EntryBatch;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.WriterId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A committed log by consensus index, as a shard of the key-value application may have it: batches of several writers with retries,
 * sessions that are opened, closed and expire, and entries of consensus' own in between.
 */
final class CommittedLog {
    private static final ClusterId CLUSTER = new ClusterId(new UUID(1, 2));

    private final SplittableRandom random;
    private final List<Optional<EntryBatch>> items = new ArrayList<>();
    private final List<LogRecord> sent = new ArrayList<>();
    private long now = 1_000;

    CommittedLog(long seed, int length) {
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < length; i++) {
            items.add(random.nextInt(6) == 0 ? Optional.empty() : Optional.of(batch()));
        }
    }

    /** Empty for an entry of consensus' own. */
    List<Optional<EntryBatch>> items() {
        return items;
    }

    static long term(int index) {
        return 1 + index / 7;
    }

    private EntryBatch batch() {
        now += random.nextInt(10) == 0 ? 40 : random.nextInt(5);
        List<LogRecord> records = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            boolean retry = !sent.isEmpty() && random.nextInt(4) == 0;
            LogRecord record = retry ? sent.get(random.nextInt(sent.size())) : fresh();
            records.add(record);
            sent.add(record);
        }
        return new EntryBatch(CLUSTER, Generation.FIRST, now, records);
    }

    private LogRecord fresh() {
        int kind = random.nextInt(20);
        if (kind < 2) {
            return LogRecord.sessionless(
                    EntryKind.SESSION_OPEN, BatchSequencer.sessionOpenPayload(20 + random.nextInt(100)));
        }
        if (kind < 6) {
            return LogRecord.sessionless(EntryKind.USER, command());
        }
        // Writers are the LSNs of small numbers: some are open sessions, some are not.
        WriterId writer = new WriterId(1 + random.nextInt(12));
        long sequence = 1 + random.nextInt(20);
        long lowWater = Math.max(0, sequence - 1 - random.nextInt(20));
        EntryKind inSession =
                kind == 6 ? EntryKind.SESSION_CLOSE : kind == 7 ? EntryKind.SESSION_TOUCH : EntryKind.USER;
        return LogRecord.of(inSession, writer, sequence, lowWater, command());
    }

    private Bytes command() {
        Bytes key = Bytes.utf8("k" + random.nextInt(6));
        Bytes value = Bytes.utf8("v" + random.nextInt(4));
        return switch (random.nextInt(6)) {
            case 0 -> KvCommand.delete(key).encode();
            case 1 ->
                KvCommand.compareAndSet(key, Optional.of(value), Optional.of(Bytes.utf8("w")))
                        .encode();
            case 2 ->
                KvCommand.transaction()
                        .ifPresent(key)
                        .put(Bytes.utf8("t"), value)
                        .build()
                        .encode();
            case 3 -> Bytes.utf8("malformed");
            default -> KvCommand.put(key, value).encode();
        };
    }
}
