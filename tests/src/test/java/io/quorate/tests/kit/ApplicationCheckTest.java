package io.quorate.tests.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quorate.statemachine.app.Application;
import io.quorate.statemachine.app.StateTransaction;
import io.quorate.statemachine.app.StateView;
import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.LogEntry;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The kit passes what is right and catches each planted fault by its name. */
class ApplicationCheckTest {
    private static ApplicationCheck check(Supplier<Application> application) {
        return ApplicationCheck.of(application, TestApplication::word)
                .queries(TestApplication::word)
                .histories(20, 60);
    }

    private static CheckFailedError caught(Supplier<Application> application) {
        return catchThrowableOfType(
                CheckFailedError.class, () -> check(application).check());
    }

    private static void assertCaught(Supplier<Application> application, Finding finding) {
        assertThat(caught(application))
                .isNotNull()
                .extracting(CheckFailedError::finding)
                .isEqualTo(finding);
    }

    @Test
    void passesACounterThatIncrementsThroughItsTransaction() {
        CheckReport report = check(TestApplication.Counter::new).seed(7).check();
        assertThat(report.histories()).isEqualTo(20);
        assertThat(report.interruptions()).isPositive();
        assertThat(report)
                .hasToString(report.histories() + " histories of " + report.entries() + " entries through "
                        + report.interruptions() + " restarts and crashes, seed 7");
    }

    private static final class Asserts extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            throw new AssertionError("count " + count);
        }
    }

    @Test
    void catchesAnErrorAsItDoesAnExceptionAndSaysHowToSeeItAgain() {
        assertThat(caught(Asserts::new)).isNotNull().satisfies(error -> {
            assertThat(error.finding()).isEqualTo(Finding.APPLY_FAILED);
            assertThat(error).hasMessageContaining("count 1").hasMessageContaining("replay: ApplicationCheck.of");
        });
    }

    private static final class CountsInAField extends TestApplication {
        private long calls;

        @Override
        String answer(LogEntry entry, long count) {
            calls++;
            return "call " + calls;
        }
    }

    @Test
    void catchesACounterKeptInAField() {
        assertCaught(CountsInAField::new, Finding.STATE_OUTSIDE_TRANSACTION);
    }

    /** Reads through a cache, which a refusal leaves ahead of the state: its writes are dropped, the cache keeps them. */
    private static final class CachesTheState extends TestApplication {
        private final Map<Bytes, Long> cache = new HashMap<>();

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            ApplyResult result = super.apply(entry, transaction);
            long cached = cache.merge(entry.payload(), 1L, Long::sum);
            return result.refused() ? result : ApplyResult.of(Bytes.utf8(cached + " times"));
        }

        @Override
        String answer(LogEntry entry, long count) {
            return "";
        }
    }

    @Test
    void catchesACacheThatIsNotWhatIsStored() {
        assertCaught(CachesTheState::new, Finding.STATE_OUTSIDE_TRANSACTION);
    }

    private static final class CountsInAStatic extends TestApplication {
        private static final AtomicLong CALLS = new AtomicLong();

        @Override
        String answer(LogEntry entry, long count) {
            return "call " + CALLS.incrementAndGet();
        }
    }

    @Test
    void catchesACounterKeptInAStaticField() {
        assertCaught(CountsInAStatic::new, Finding.NOT_DETERMINISTIC);
    }

    private static final class ReadsTheClock extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            return "at " + System.currentTimeMillis();
        }
    }

    @Test
    void catchesTheClockOfTheMachine() {
        assertCaught(ReadsTheClock::new, Finding.NOT_DETERMINISTIC);
    }

    private static final class ReadsTheClockInSeconds extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            return "at " + Instant.now().getEpochSecond();
        }
    }

    /** Two runs in this JVM are mostly within the same second, but need not be. */
    @Test
    void catchesAClockReadInSeconds() {
        assertThat(caught(ReadsTheClockInSeconds::new).finding())
                .isIn(Finding.DIFFERS_BETWEEN_JVMS, Finding.NOT_DETERMINISTIC, Finding.STATE_OUTSIDE_TRANSACTION);
    }

    private static final class UsesTimeAndRandomnessOfTheEntry extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            return entry.timestampMillis() + " " + entry.random().nextLong();
        }
    }

    @Test
    void passesTheTimeAndRandomnessOfTheEntry() {
        check(UsesTimeAndRandomnessOfTheEntry::new).check();
    }

    private static final class DrawsItsOwnIds extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            return UUID.randomUUID().toString();
        }
    }

    @Test
    void catchesRandomness() {
        assertCaught(DrawsItsOwnIds::new, Finding.NOT_DETERMINISTIC);
    }

    /** In the order of identity hash codes, which every object draws anew. */
    private static final class ListsAHashSet extends TestApplication {
        private record Item(int number) {
            @Override
            public boolean equals(Object other) {
                return this == other;
            }

            @Override
            public int hashCode() {
                return System.identityHashCode(this);
            }
        }

        @Override
        String answer(LogEntry entry, long count) {
            Set<Item> items = new HashSet<>();
            IntStream.range(0, 20).mapToObj(Item::new).forEach(items::add);
            return items.stream().map(i -> "" + i.number()).collect(Collectors.joining(","));
        }
    }

    @Test
    void catchesTheOrderOfAHashMap() {
        assertCaught(ListsAHashSet::new, Finding.NOT_DETERMINISTIC);
    }

    /**
     * In the order of Set.copyOf, which is the same within a JVM and another in the next: it begins anywhere in the table, so the
     * numbers are spread over all of it.
     */
    private static final class ListsAnImmutableSet extends TestApplication {
        private static final Set<Integer> NUMBERS = Set.copyOf(
                IntStream.range(0, 2_000).map(i -> i * 0x9e3779b9).boxed().toList());

        @Override
        String answer(LogEntry entry, long count) {
            return NUMBERS.stream().limit(20).map(String::valueOf).collect(Collectors.joining(","));
        }
    }

    @Test
    void catchesAnOrderThatDiffersBetweenJvmsOnly() {
        assertThat(check(ListsAnImmutableSet::new).otherJvms(0).check().histories())
                .isEqualTo(20);
        assertCaught(ListsAnImmutableSet::new, Finding.DIFFERS_BETWEEN_JVMS);
    }

    private static final class UsesTheDefaultLocaleAndCharset extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            return "title".toUpperCase() + "\u00e9".getBytes(Charset.defaultCharset()).length;
        }
    }

    @Test
    void catchesTheLocaleOfTheMachine() {
        assertCaught(UsesTheDefaultLocaleAndCharset::new, Finding.DIFFERS_BETWEEN_JVMS);
    }

    private static final class WritesLater extends TestApplication {
        private StateTransaction kept;

        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            if (kept != null) {
                kept.put(entry.payload(), Bytes.EMPTY);
            }
            kept = transaction;
            return super.apply(entry, transaction);
        }

        @Override
        String answer(LogEntry entry, long count) {
            return "";
        }
    }

    @Test
    void catchesATransactionUsedAfterItsCall() {
        assertCaught(WritesLater::new, Finding.TRANSACTION_KEPT);
    }

    private static final class WritesElsewhere extends TestApplication {
        @Override
        public ApplyResult apply(LogEntry entry, StateTransaction transaction) {
            Thread other = new Thread(() -> {
                try {
                    transaction.delete(entry.payload());
                } catch (IllegalStateException refused) {
                    Thread.currentThread().interrupt();
                }
            });
            other.start();
            try {
                other.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.apply(entry, transaction);
        }

        @Override
        String answer(LogEntry entry, long count) {
            return "";
        }
    }

    @Test
    void catchesATransactionUsedByAnotherThread() {
        assertCaught(WritesElsewhere::new, Finding.TRANSACTION_KEPT);
    }

    private static final class ThrowsOnAWord extends TestApplication {
        @Override
        String answer(LogEntry entry, long count) {
            throw new UnsupportedOperationException("planted");
        }
    }

    @Test
    void catchesAnApplyFunctionThatThrowsAndKeepsTheCause() {
        CheckFailedError error = caught(ThrowsOnAWord::new);
        assertThat(error.finding()).isEqualTo(Finding.APPLY_FAILED);
        assertThat(error).hasMessageContaining("at lsn 2 for command 'word").hasRootCauseMessage("planted");
    }

    private static final class CountsQueries extends TestApplication {
        private long queries;

        @Override
        public Bytes query(Bytes query, StateView view) {
            return Bytes.utf8("query " + queries++ / 20);
        }

        @Override
        String answer(LogEntry entry, long count) {
            return "";
        }
    }

    @Test
    void catchesAQueryAnsweredFromAField() {
        assertThat(caught(CountsQueries::new).finding()).isIn(Finding.QUERY_DIFFERS, Finding.STATE_OUTSIDE_TRANSACTION);
    }

    @Test
    void saysWhatDiffersAndHowToSeeItAgain() {
        CheckFailedError first = catchThrowableOfType(
                CheckFailedError.class,
                () -> check(CountsInAField::new).seed(42).check());
        assertThat(first)
                .hasMessageContaining("STATE_OUTSIDE_TRANSACTION: command 'word")
                .hasMessageContaining("by an instance that was started over the stored state")
                .hasMessageContaining("replay: ApplicationCheck.of(...).seed(42L).histories(20, 60).onlyHistory(");
        String replay = first.getMessage().substring(first.getMessage().indexOf("onlyHistory(") + 12);
        int history = Integer.parseInt(replay.substring(0, replay.indexOf(')')));
        CheckFailedError again = catchThrowableOfType(
                CheckFailedError.class,
                () -> check(CountsInAField::new).seed(42).onlyHistory(history).check());
        assertThat(again).hasMessage(first.getMessage());
    }

    @Test
    void refusesSettingsThatTryNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(TestApplication.Counter::new).histories(0, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(TestApplication.Counter::new).histories(1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> check(TestApplication.Counter::new).otherJvms(-1));
    }

    @Test
    void asksForAConstructorWithoutArgumentsBeforeItBegins() {
        String text = "x";
        Supplier<Application> anonymous = () -> new TestApplication() {
            @Override
            String answer(LogEntry entry, long count) {
                return text;
            }
        };
        assertThatIllegalStateException()
                .isThrownBy(() -> check(anonymous).check())
                .withMessageContaining("otherJvms(0)");
        check(anonymous).otherJvms(0).check();
    }
}
