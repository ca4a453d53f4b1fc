package io.quorate.tests.kit;

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
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * A committed log as consensus would give it to a replica: batches of commands, in a writer session and outside, with retries.
 *
 * @param batches in order; their place is their consensus index
 */
record History(List<EntryBatch> batches) {
    private static final ClusterId CLUSTER = new ClusterId(new UUID(0x71756f72L, 1));
    private static final long START_MILLIS = 1_700_000_000_000L;
    /** The session is the first entry, so this is its LSN. */
    private static final WriterId WRITER = new WriterId(1);

    private static final int WINDOW = 40;
    private static final int LARGEST_BATCH = 8;

    History {
        batches = List.copyOf(batches);
    }

    /** Records, retries among them. */
    long entries() {
        return batches.stream().mapToLong(batch -> batch.records().size()).sum();
    }

    static History generate(RandomGenerator random, int commands, CommandGenerator generator) {
        List<LogRecord> records = new ArrayList<>();
        List<LogRecord> inSession = new ArrayList<>();
        for (int i = 0; i < commands; i++) {
            Bytes payload = generator.next(random);
            if (random.nextInt(10) < 3) {
                records.add(LogRecord.sessionless(EntryKind.USER, payload));
            } else {
                long sequence = inSession.size() + 1L;
                LogRecord record =
                        LogRecord.of(EntryKind.USER, WRITER, sequence, Math.max(0, sequence - WINDOW), payload);
                records.add(record);
                inSession.add(record);
            }
            if (!inSession.isEmpty() && random.nextInt(10) == 0) {
                records.add(inSession.get(random.nextInt(Math.max(0, inSession.size() - WINDOW), inSession.size())));
            }
        }
        return new History(batch(random, records));
    }

    private static List<EntryBatch> batch(RandomGenerator random, List<LogRecord> records) {
        Bytes ttl = BatchSequencer.sessionOpenPayload(Long.MAX_VALUE);
        List<EntryBatch> batches = new ArrayList<>();
        long now = START_MILLIS;
        batches.add(new EntryBatch(
                CLUSTER, Generation.FIRST, now, List.of(LogRecord.sessionless(EntryKind.SESSION_OPEN, ttl))));
        int from = 0;
        while (from < records.size()) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(LARGEST_BATCH));
            now += random.nextInt(100);
            batches.add(new EntryBatch(CLUSTER, Generation.FIRST, now, records.subList(from, to)));
            from = to;
        }
        return batches;
    }
}
