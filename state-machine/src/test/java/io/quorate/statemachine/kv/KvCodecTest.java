package io.quorate.statemachine.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.CorruptFormatException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KvCodecTest {
    private static final Bytes KEY = Bytes.utf8("k");

    @Provide
    Arbitrary<KvCommand> commands() {
        return KvArbitraries.commands();
    }

    @Provide
    Arbitrary<KvQuery> queries() {
        return KvArbitraries.queries();
    }

    @Provide
    Arbitrary<KvResult> results() {
        return KvArbitraries.results();
    }

    @Provide
    Arbitrary<byte[]> noise() {
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
        Arbitrary<byte[]> plausible = Arbitraries.bytes()
                .between((byte) 0, (byte) 4)
                .array(byte[].class)
                .ofMaxSize(60);
        return Arbitraries.oneOf(any, plausible).map(bytes -> {
            if (bytes.length > 0) {
                bytes[0] = 1;
            }
            return bytes;
        });
    }

    @Property
    void readsBackCommands(@ForAll("commands") KvCommand command) {
        assertThat(KvCommand.decode(command.encode())).isEqualTo(command);
    }

    @Property
    void readsBackQueries(@ForAll("queries") KvQuery query) {
        assertThat(KvQuery.decode(query.encode())).isEqualTo(query);
    }

    @Property
    void readsBackResults(@ForAll("results") KvResult result) {
        assertThat(KvResult.decode(result.encode())).isEqualTo(result);
    }

    @Property
    void answersNoiseWithAValueOrCorruptFormat(@ForAll("noise") byte[] noise) {
        Bytes bytes = Bytes.wrap(noise);
        assertValueOrCorrupt(bytes, KvCommand::decode, KvCommand::encode);
        assertValueOrCorrupt(bytes, KvQuery::decode, KvQuery::encode);
        assertValueOrCorrupt(bytes, KvResult::decode, KvResult::encode);
    }

    @Property(tries = 200)
    void answersFlippedAndCutMessagesWithAValueOrCorruptFormat(
            @ForAll("commands") KvCommand command,
            @ForAll("results") KvResult result,
            @ForAll("queries") KvQuery query) {
        for (Bytes bytes : List.of(command.encode(), result.encode(), query.encode())) {
            for (int bit = 0; bit < bytes.length() * 8; bit++) {
                byte[] flipped = bytes.toArray();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                answersNoiseWithAValueOrCorruptFormat(flipped);
            }
            for (int length = 0; length < bytes.length(); length++) {
                answersNoiseWithAValueOrCorruptFormat(bytes.slice(0, length).toArray());
            }
        }
    }

    /** What decodes must be the one meaning of these bytes: encoded again, it is the same bytes. */
    private static <T> void assertValueOrCorrupt(Bytes bytes, Function<Bytes, T> decode, Function<T, Bytes> encode) {
        T value;
        try {
            value = decode.apply(bytes);
        } catch (CorruptFormatException expected) {
            assertThat(expected).hasMessageContaining("key-value");
            return;
        }
        assertThat(encode.apply(value)).isEqualTo(bytes);
    }

    @Property
    void refusesUnknownVersionsByName(@ForAll @Size(min = 1, max = 20) byte[] bytes) {
        if (bytes[0] == 1) {
            bytes[0] = 2;
        }
        assertThatExceptionOfType(CorruptFormatException.class)
                .isThrownBy(() -> KvCommand.decode(Bytes.wrap(bytes)))
                .withMessageContaining("unknown version " + (bytes[0] & 0xff));
    }

    @Test
    void costsAPutFourBytes() {
        assertThat(KvCommand.put(Bytes.utf8("color"), Bytes.utf8("green"))
                        .encode()
                        .length())
                .isEqualTo(4 + 5 + 5);
        assertThat(KvResult.DONE.encode()).isSameAs(Bytes.EMPTY);
    }

    @Test
    void refusesKeysThatAreEmptyOrTooLong() {
        Bytes longest = Bytes.wrap(new byte[0xffff]);
        Bytes tooLong = Bytes.wrap(new byte[0x10000]);
        assertThat(KvCommand.decode(KvCommand.put(longest, KEY).encode())).isEqualTo(KvCommand.put(longest, KEY));
        for (Bytes bad : List.of(Bytes.EMPTY, tooLong)) {
            assertThatIllegalArgumentException().isThrownBy(() -> KvCommand.put(bad, KEY));
            assertThatIllegalArgumentException().isThrownBy(() -> KvCommand.delete(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> KvQuery.get(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> KvQuery.range(KEY, bad));
            assertThatIllegalArgumentException().isThrownBy(() -> new KvEntry(bad, KEY, 1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KvCommand.transaction().ifAbsent(bad));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> KvQuery.range(tooLong, KEY));
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvQuery.prefix(KEY).withLimit(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KvQuery.prefix(KEY).withLimit(KvQuery.MAX_LIMIT + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new KvCondition.VersionIs(KEY, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new KvEntry(KEY, KEY, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new KvResult.Failed(-1, Optional.empty()));
        List<KvCommand.Write> many = Collections.nCopies(KvCommand.MAX_PARTS + 1, KvCommand.delete(KEY));
        assertThatIllegalArgumentException().isThrownBy(() -> new KvCommand.Transaction(List.of(), many));
        KvCommand most = new KvCommand.Transaction(List.of(), many.subList(0, KvCommand.MAX_PARTS));
        assertThat(KvCommand.decode(most.encode())).isEqualTo(most);
    }

    @Test
    void endsAPrefixBeforeTheNextKeyThatDoesNotBeginWithIt() {
        assertThat(KvQuery.prefix(Bytes.utf8("ab")).to()).contains(Bytes.utf8("ac"));
        assertThat(KvQuery.prefix(Bytes.wrap(new byte[] {7, -1, -1})).to()).contains(Bytes.wrap(new byte[] {8}));
        assertThat(KvQuery.prefix(Bytes.wrap(new byte[] {-1, -1})).to()).isEmpty();
        assertThat(KvQuery.prefix(Bytes.EMPTY)).isEqualTo(new KvQuery.Range(Bytes.EMPTY, Optional.empty(), 10_000));
    }
}
