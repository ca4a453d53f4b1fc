package io.quorate.statemachine.logapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.statemachine.store.BatchTransaction;
import io.quorate.statemachine.store.Keyspace;
import io.quorate.statemachine.store.MapView;
import io.quorate.statemachine.store.StateBatch;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LogApplicationTest {
    private final LogApplication application = new LogApplication();
    private final MapView state = new MapView();

    private ApplyResult apply(long lsn, Bytes payload) {
        StateBatch batch = new StateBatch();
        LogEntry entry = new LogEntry(new Lsn(lsn), 1, 1, LogRecord.sessionless(EntryKind.USER, payload));
        ApplyResult result = application.apply(entry, new BatchTransaction(state, batch, Keyspace.USER));
        state.write(batch);
        return result;
    }

    private void append(long lsn, Bytes data) {
        assertThat(apply(lsn, LogCommand.append(data).encode())).isEqualTo(ApplyResult.OK);
    }

    private LogTruncation truncate(long lsn, long below) {
        return LogTruncation.decode(
                apply(lsn, LogCommand.truncateBelow(new Lsn(below)).encode()).value());
    }

    private LogPage read(LogQuery.Read read) {
        return LogPage.decode(application.query(read.encode(), state));
    }

    private LogBounds bounds() {
        return LogBounds.decode(application.query(LogQuery.bounds().encode(), state));
    }

    private static Bytes data(long lsn) {
        return Bytes.utf8("data of " + lsn);
    }

    @Property(tries = 300)
    void keepsEveryEntryUnderItsLsnUntilItIsTruncated(
            @ForAll @Size(max = 30) Set<@LongRange(min = 1, max = 200) Long> lsns,
            @ForAll @LongRange(max = 210) long from,
            @ForAll @LongRange(max = 210) long below,
            @ForAll @IntRange(min = 1, max = 5) int count) {
        state.map().clear();
        TreeMap<Long, Bytes> model = new TreeMap<>();
        lsns.stream().sorted().forEach(lsn -> {
            append(lsn, data(lsn));
            model.put(lsn, data(lsn));
        });
        LogTruncation truncation = truncate(1_000, below);
        assertThat(truncation).isEqualTo(new LogTruncation(model.headMap(below).size(), false));
        model.headMap(below).clear();
        LogBounds expected =
                model.isEmpty() ? LogBounds.EMPTY : new LogBounds(new Lsn(model.firstKey()), new Lsn(model.lastKey()));
        assertThat(bounds()).isEqualTo(expected);
        List<LogPage.Entry> all = new ArrayList<>();
        LogPage page = read(new LogQuery.Read(new Lsn(from), count, 1 << 20));
        while (!page.entries().isEmpty()) {
            assertThat(page.entries().size()).isLessThanOrEqualTo(count);
            all.addAll(page.entries());
            page = read(new LogQuery.Read(page.next(), count, 1 << 20));
        }
        List<LogPage.Entry> wanted = model.tailMap(from).entrySet().stream()
                .map(e -> new LogPage.Entry(new Lsn(e.getKey()), e.getValue()))
                .toList();
        assertThat(all).isEqualTo(wanted);
    }

    @Test
    void waitsAtTheEndForWhatComesNext() {
        append(3, data(3));
        LogPage end = read(LogQuery.read(new Lsn(4)));
        assertThat(end).isEqualTo(new LogPage(List.of(), new Lsn(4)));
        append(7, data(7));
        assertThat(read(LogQuery.read(end.next())).entries()).containsExactly(new LogPage.Entry(new Lsn(7), data(7)));
    }

    @Test
    void keepsNothingAtFirstAndBeginsAtOne() {
        assertThat(bounds()).isEqualTo(LogBounds.EMPTY);
        assertThat(bounds().isEmpty()).isTrue();
        assertThat(read(LogQuery.read(Lsn.ZERO))).isEqualTo(new LogPage(List.of(), new Lsn(1)));
    }

    @Test
    void findsTheLastEntryWhereverItIs() {
        append(1, data(1));
        assertThat(bounds()).isEqualTo(new LogBounds(new Lsn(1), new Lsn(1)));
        append(Long.MAX_VALUE - 1, data(2));
        assertThat(bounds()).isEqualTo(new LogBounds(new Lsn(1), new Lsn(Long.MAX_VALUE - 1)));
    }

    @Test
    void endsAPageAtItsBytesButGivesAtLeastOneEntry() {
        append(1, Bytes.wrap(new byte[100]));
        append(2, Bytes.wrap(new byte[100]));
        assertThat(read(new LogQuery.Read(Lsn.ZERO, 10, 199)).entries()).hasSize(1);
        assertThat(read(new LogQuery.Read(Lsn.ZERO, 10, 200)).entries()).hasSize(2);
        assertThat(read(new LogQuery.Read(Lsn.ZERO, 10, 1)).next()).isEqualTo(new Lsn(2));
    }

    @Test
    void truncatesABoundedNumberOfEntriesAtATimeAndSaysThatMoreAreLeft() {
        for (long lsn = 1; lsn <= LogCommand.MAX_TRUNCATED + 2L; lsn++) {
            append(lsn, Bytes.EMPTY);
        }
        long below = LogCommand.MAX_TRUNCATED + 2L;
        assertThat(truncate(below + 1, below)).isEqualTo(new LogTruncation(LogCommand.MAX_TRUNCATED, true));
        assertThat(truncate(below + 2, below)).isEqualTo(new LogTruncation(1, false));
        assertThat(bounds()).isEqualTo(new LogBounds(new Lsn(below), new Lsn(below)));
    }

    @Test
    void refusesWhatIsNoCommandAndNoQuery() {
        assertThat(apply(1, Bytes.utf8("junk")).refused()).isTrue();
        assertThat(apply(2, Bytes.wrap(new byte[] {1, 2, 0})).refused()).isTrue();
        assertThat(apply(3, Bytes.wrap(new byte[] {2, 1, 0})).value().utf8()).contains("version 2");
        assertThat(state.map()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> application.query(Bytes.utf8("junk"), state));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogQuery.Read(Lsn.ZERO, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogQuery.Read(Lsn.ZERO, 1, LogQuery.MAX_BYTES + 1));
    }

    @Property(tries = 200)
    void readsBackItsMessages(@ForAll @Size(max = 30) byte[] data, @ForAll @LongRange(min = 1) long lsn) {
        Bytes bytes = Bytes.wrap(data);
        List<LogPage.Entry> entries = List.of(new LogPage.Entry(new Lsn(lsn), bytes));
        assertReadsBack(LogCommand.append(bytes), LogCommand::encode, LogCommand::decode);
        assertReadsBack(LogCommand.truncateBelow(new Lsn(lsn)), LogCommand::encode, LogCommand::decode);
        assertReadsBack(new LogQuery.Read(new Lsn(lsn), 7, 9), LogQuery::encode, LogQuery::decode);
        assertReadsBack(LogQuery.bounds(), LogQuery::encode, LogQuery::decode);
        assertReadsBack(new LogBounds(new Lsn(1), new Lsn(lsn)), LogBounds::encode, LogBounds::decode);
        assertReadsBack(new LogTruncation(data.length, data.length > 5), LogTruncation::encode, LogTruncation::decode);
        if (lsn < Long.MAX_VALUE) {
            assertReadsBack(new LogPage(entries, new Lsn(lsn + 1)), LogPage::encode, LogPage::decode);
        }
    }

    private static <T> void assertReadsBack(T value, Function<T, Bytes> encode, Function<Bytes, T> decode) {
        Bytes bytes = encode.apply(value);
        assertThat(decode.apply(bytes)).isEqualTo(value);
        for (int length = 0; length < bytes.length(); length++) {
            assertValueOrCorrupt(bytes.slice(0, length), encode, decode);
        }
        for (int bit = 0; bit < bytes.length() * 8; bit++) {
            byte[] flipped = bytes.toArray();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertValueOrCorrupt(Bytes.wrap(flipped), encode, decode);
        }
    }

    @Property
    void answersNoiseWithAValueOrCorruptFormat(
            @ForAll @Size(max = 40) byte[] noise, @ForAll @IntRange(max = 3) int kind) {
        if (noise.length > 1) {
            noise[0] = 1;
            noise[1] = (byte) kind;
        }
        Bytes bytes = Bytes.wrap(noise);
        assertValueOrCorrupt(bytes, LogCommand::encode, LogCommand::decode);
        assertValueOrCorrupt(bytes, LogQuery::encode, LogQuery::decode);
        assertValueOrCorrupt(bytes, LogBounds::encode, LogBounds::decode);
        assertValueOrCorrupt(bytes, LogTruncation::encode, LogTruncation::decode);
        assertValueOrCorrupt(bytes, LogPage::encode, LogPage::decode);
    }

    private static <T> void assertValueOrCorrupt(Bytes bytes, Function<T, Bytes> encode, Function<Bytes, T> decode) {
        T value;
        try {
            value = decode.apply(bytes);
        } catch (CorruptFormatException expected) {
            assertThat(expected).hasMessageContaining("log");
            return;
        }
        assertThat(encode.apply(value)).isEqualTo(bytes);
    }

    @Test
    void refusesUnknownVersionsByName() {
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> LogPage.decode(Bytes.wrap(new byte[] {9, 0})))
                .withMessageContaining("version 9");
    }
}
