package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryRecorderTest {
    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong(100);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private HistoryRecorder recorder() {
        return new HistoryRecorder(written, clock::get);
    }

    private String lines() {
        return written.toString(StandardCharsets.US_ASCII).replace('"', '\'');
    }

    @Test
    void operationsAreWrittenAsTheyHappen() throws IOException {
        try (HistoryRecorder recorder = recorder()) {
            ProcessRecorder process = recorder.newProcess();
            Invocation write = process.write("k", "1");
            clock.set(150);
            write.ok();
            process.read("k").ok("1");
            process.compareAndSet("k", "1", null).fail();
        }
        assertThat(lines()).isEqualTo("""
                        {'process':0,'type':'invoke','f':'write','key':'k','value':'1','time':100}
                        {'process':0,'type':'ok','f':'write','key':'k','value':'1','time':150}
                        {'process':0,'type':'invoke','f':'read','key':'k','value':null,'time':151}
                        {'process':0,'type':'ok','f':'read','key':'k','value':'1','time':152}
                        {'process':0,'type':'invoke','f':'cas','key':'k','value':['1',null],'time':153}
                        {'process':0,'type':'fail','f':'cas','key':'k','value':['1',null],'time':154}
                        """);
    }

    @Test
    void afterAnUnknownOutcomeAClientGoesOnUnderANewNumber() throws IOException {
        try (HistoryRecorder recorder = recorder()) {
            ProcessRecorder first = recorder.newProcess();
            ProcessRecorder second = recorder.newProcess();
            first.read("k").info();
            second.read("k").ok(null);
            first.read("k").fail();
        }
        assertThat(lines().lines().map(line -> line.substring(0, line.indexOf(",'f'"))))
                .containsExactly(
                        "{'process':0,'type':'invoke'",
                        "{'process':0,'type':'info'",
                        "{'process':1,'type':'invoke'",
                        "{'process':1,'type':'ok'",
                        "{'process':2,'type':'invoke'",
                        "{'process':2,'type':'fail'");
    }

    @Test
    void aClientHasOneOperationOpenAtATime() {
        ProcessRecorder process = recorder().newProcess();
        Invocation open = process.read("k");
        assertThatThrownBy(() -> process.write("k", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has an operation open");
        open.fail();
        process.write("k", "1").ok();
    }

    @Test
    void anOperationEndsOnceAndInItsOwnWay() throws IOException {
        try (HistoryRecorder recorder = recorder()) {
            ProcessRecorder process = recorder.newProcess();
            Invocation read = process.read("k");
            assertThatThrownBy(read::ok).isInstanceOf(IllegalStateException.class);
            read.ok("1");
            assertThatThrownBy(read::fail)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has ended this operation before");
            Invocation write = process.write("k", "1");
            assertThatThrownBy(() -> write.ok("1")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> read.ok("2")).isInstanceOf(IllegalStateException.class);
            write.info();
            assertThatThrownBy(write::ok).isInstanceOf(IllegalStateException.class);
        }
        assertThat(lines().lines()).hasSize(4);
    }

    @Test
    void aReadThatIsTooLongToRecordCanEndAsUnknown() throws IOException {
        try (HistoryRecorder recorder = recorder()) {
            Invocation read = recorder.newProcess().read("k");
            assertThatThrownBy(() -> read.ok("x".repeat(EventCodec.MAX_LINE_BYTES)))
                    .isInstanceOf(IllegalArgumentException.class);
            read.info();
        }
        assertThat(lines().lines()).hasSize(2);
    }

    @Test
    void anOperationThatNeverEndedIsReadAsUnknown() throws IOException {
        Path file = directory.resolve("open.jsonl");
        try (HistoryRecorder recorder = HistoryRecorder.create(file)) {
            recorder.newProcess().write("k", "1");
        }
        assertThat(HistoryReader.read(file)).extracting(Operation::outcome).containsExactly(Outcome.INFO);
    }

    @Test
    void whatIsFlushedCanBeReadWhileItGoesOn() throws IOException {
        Path file = directory.resolve("growing.jsonl");
        try (HistoryRecorder recorder = HistoryRecorder.create(file)) {
            recorder.newProcess().write("k", "1").ok();
            recorder.flush();
            assertThat(HistoryReader.read(file)).hasSize(1);
            recorder.newProcess().read("k").ok("1");
        }
        assertThat(HistoryReader.read(file)).hasSize(2);
    }

    @Test
    void aHistoryIsNeverWrittenOver() throws IOException {
        Path file = Files.createFile(directory.resolve("there.jsonl"));
        assertThatThrownBy(() -> HistoryRecorder.create(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void nothingIsRecordedAfterClosing() throws IOException {
        HistoryRecorder recorder = recorder();
        Invocation read = recorder.newProcess().read("k");
        recorder.close();
        recorder.close();
        assertThatThrownBy(read::fail).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(lines().lines()).hasSize(1);
    }

    @Test
    void afterADiskErrorEveryCallSaysThatTheHistoryIsIncomplete() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        HistoryRecorder recorder = new HistoryRecorder(full, clock::get);
        ProcessRecorder process = recorder.newProcess();
        Invocation read = process.read("k");
        assertThatThrownBy(recorder::flush)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the history is incomplete")
                .hasRootCauseMessage("No space left on device");
        assertThatThrownBy(read::fail).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(recorder::flush).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(recorder::close).isInstanceOf(IOException.class);
    }

    @Test
    void threadsThatShareARegisterLeaveALinearizableHistoryInOrderOfTime() throws Exception {
        Path file = directory.resolve("threads.jsonl");
        AtomicReference<String> register = new AtomicReference<>();
        int threads = 4;
        int each = 2_000;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (HistoryRecorder recorder = HistoryRecorder.create(file)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int number = thread;
                running.add(pool.submit(() -> useRegister(recorder.newProcess(), register, number, each)));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            pool.shutdown();
        }

        List<Operation> history = HistoryReader.read(file);
        assertThat(history).hasSize(threads * each);
        assertThat(Histories.isLinearizable(history)).isTrue();
        assertThat(Files.readAllLines(file))
                .extracting(line -> Long.parseLong(line.substring(line.lastIndexOf(':') + 1, line.length() - 1)))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    private static void useRegister(
            ProcessRecorder process, AtomicReference<String> register, int thread, int operations) {
        for (int i = 0; i < operations; i++) {
            String value = thread + "." + i;
            if (i % 3 == 0) {
                Invocation write = process.write("k", value);
                register.set(value);
                write.ok();
            } else if (i % 3 == 1) {
                process.read("k").ok(register.get());
            } else {
                String expected = register.get();
                Invocation cas = process.compareAndSet("k", expected, value);
                if (Objects.equals(register.compareAndExchange(expected, value), expected)) {
                    cas.ok();
                } else {
                    cas.fail();
                }
            }
        }
    }

    @Test
    void aCacheThatIsNotInvalidatedIsFoundOutByItsHistory() throws IOException {
        Path file = directory.resolve("cache.jsonl");
        try (HistoryRecorder recorder = HistoryRecorder.create(file)) {
            ProcessRecorder writer = recorder.newProcess();
            ProcessRecorder cachingReader = recorder.newProcess();
            writer.write("k", "old").ok();
            cachingReader.read("k").ok("old");
            writer.write("k", "new").ok();
            cachingReader.read("k").ok("old");
        }
        Counterexample counterexample =
                Histories.check(HistoryReader.read(file)).counterexamples().get(0);
        assertThat(counterexample.breaking().action()).isEqualTo(new Read("old"));
        assertThat(counterexample.placed()).extracting(Operation::action).containsExactly(new Write("old"));
    }
}
