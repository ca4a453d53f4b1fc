package io.quorate.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.LowerChars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7",
                "n1",
                "eu-west-1",
                "a--b",
                "a23456789012345678901234567890123456789012345678901234567890abc"
            })
    void takesNamesOfOneTo63LowerCaseLettersDigitsAndDashes(String name) {
        assertThat(new NodeId(name)).hasToString(name);
        assertThat(new ShardId(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "-a",
                "a-",
                "A",
                "a.b",
                "a/b",
                "..",
                "a b",
                "a\n",
                "é",
                "a23456789012345678901234567890123456789012345678901234567890abcd"
            })
    void refusesOtherNamesAndSaysWhichKind(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NodeId(name)).withMessageContaining("node '" + name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShardId(name))
                .withMessageContaining("shard '" + name);
    }

    @Test
    void refusesAbsentValues() {
        assertThatNullPointerException().isThrownBy(() -> new NodeId(null));
        assertThatNullPointerException().isThrownBy(() -> new ClusterId(null));
        assertThatNullPointerException().isThrownBy(() -> new PeerId(null, new Incarnation(1)));
        assertThatNullPointerException().isThrownBy(() -> new PeerId(new NodeId("n1"), null));
    }

    @Property
    void readsBackThePeerIdThatItWrote(
            @ForAll @LowerChars @NumericChars @StringLength(min = 1, max = 63) String name, @ForAll long incarnation) {
        PeerId id = new PeerId(new NodeId(name), new Incarnation(incarnation == 0 ? 1 : incarnation));
        assertThat(PeerId.parse(id.toString())).isEqualTo(id);
    }

    @Property
    void refusesTextThatIsNoPeerIdWithIllegalArgumentOnly(
            @ForAll @AlphaChars @NumericChars @Chars({'.', '-', '+'}) String text) {
        try {
            assertThat(PeerId.parse(text)).hasToString(text);
        } catch (IllegalArgumentException expected) {
            assertThat(expected).hasMessageNotContaining("null");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "+00000000000000a",
                "-00000000000000a",
                "00000000DEADBEEF",
                "00000000deadbeef0",
                "000000000000000g"
            })
    void refusesIncarnationsNotWrittenAs16LowerCaseDigits(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Incarnation.parse(text))
                .withMessageContaining(text);
    }

    @Test
    void refusesTheIncarnationZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Incarnation(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Incarnation.parse("0000000000000000"));
        assertThat(new Incarnation(-1)).hasToString("ffffffffffffffff");
    }

    @Property
    void readsBackTheClusterIdThatItWrote(@ForAll long most, @ForAll long least) {
        ClusterId id = new ClusterId(new UUID(most, least | 1));
        assertThat(ClusterId.parse(id.toString())).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1-1-1-1-1", "00000000-0000-0000-0000-000000000000", "not-a-uuid"})
    void refusesClusterIdsThatAreNilOrNotCanonical(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ClusterId.parse(text));
    }

    @Test
    void countsGenerationsFromOneAndNeverWrapsAround() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Generation(0));
        assertThat(Generation.FIRST.next()).isEqualTo(new Generation(2)).isGreaterThan(Generation.FIRST);
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> new Generation(Long.MAX_VALUE).next());
    }
}
