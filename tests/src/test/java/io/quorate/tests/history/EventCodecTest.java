package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.tests.history.EventCodec.BadLineException;
import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EventCodecTest {
    @Property
    void whatIsWrittenIsReadBack(@ForAll("events") HistoryEvent event) throws IOException, BadLineException {
        byte[] line = EventCodec.encode(event);
        assertThat(line[line.length - 1]).isEqualTo((byte) '\n');
        assertThat(new String(line, StandardCharsets.US_ASCII).indexOf('\n')).isEqualTo(line.length - 1);
        assertThat(EventCodec.decode(line, line.length - 1)).isEqualTo(event);
    }

    @Property
    void aLineWithAByteChangedIsReadOrRefusedAndNothingElse(
            @ForAll("events") HistoryEvent event, @ForAll byte change, @ForAll int where) throws IOException {
        byte[] line = EventCodec.encode(event);
        line[Math.floorMod(where, line.length - 1)] = change;
        try {
            assertThat(EventCodec.decode(line, line.length - 1)).isNotNull();
        } catch (BadLineException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }

    @Property
    void randomBytesAreRefused(@ForAll byte[] bytes) {
        assertThatThrownBy(() -> EventCodec.decode(bytes, bytes.length)).isInstanceOf(BadLineException.class);
    }

    @Example
    void theLineIsTheOneOfTheFormat() throws IOException {
        HistoryEvent event = new HistoryEvent(3, EventType.OK, "k\"é", new CompareAndSet(null, "2"), 12);
        assertThat(new String(EventCodec.encode(event), StandardCharsets.US_ASCII))
                .isEqualTo("{\"process\":3,\"type\":\"ok\",\"f\":\"cas\",\"key\":\"k\\\"\\u00E9\","
                        + "\"value\":[null,\"2\"],\"time\":12}\n");
    }

    @Example
    void aLineThatNoReaderWouldTakeIsNotWritten() {
        HistoryEvent event = new HistoryEvent(3, EventType.OK, "k", new Read("x".repeat(1 << 20)), 12);
        assertThatThrownBy(() -> EventCodec.encode(event))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("> 1048576");
    }

    @Provide
    Arbitrary<HistoryEvent> events() {
        Arbitrary<String> text = Arbitraries.strings();
        Arbitrary<String> values = text.injectNull(0.2);
        Arbitrary<RegisterAction> actions = Combinators.combine(
                        Arbitraries.integers().between(0, 2), values, values)
                .as((kind, first, second) -> switch (kind) {
                    case 0 -> new Read(first);
                    case 1 -> new Write(first);
                    default -> new CompareAndSet(first, second);
                });
        return Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.of(EventType.class),
                        text,
                        actions,
                        Arbitraries.longs().lessOrEqual(Long.MAX_VALUE - 1))
                .as((process, type, key, action, time) -> {
                    boolean unanswered = action instanceof Read && type != EventType.OK;
                    return new HistoryEvent(process, type, key, unanswered ? new Read(null) : action, time);
                });
    }
}
