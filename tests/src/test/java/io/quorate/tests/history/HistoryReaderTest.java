package io.quorate.tests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryReaderTest {
    private static final String GOOD =
            "{'process':0,'type':'invoke','f':'write','key':'k','value':'1','time':5}".replace('\'', '"');

    @TempDir
    private Path directory;

    private Path file(String... lines) throws IOException {
        Path file = directory.resolve("history.jsonl");
        return Files.writeString(file, String.join("\n", lines).replace('\'', '"'));
    }

    private void assertRefused(long lineNumber, String problem, String... lines) throws IOException {
        Path file = file(lines);
        assertThatThrownBy(() -> HistoryReader.read(file))
                .asInstanceOf(InstanceOfAssertFactories.type(BadHistoryException.class))
                .satisfies(bad -> {
                    assertThat(bad.lineNumber()).isEqualTo(lineNumber);
                    assertThat(bad).hasMessageContaining(file + " line " + lineNumber + ": ");
                    assertThat(bad).hasMessageContaining(problem);
                });
    }

    @Test
    void invokesAreJoinedWithTheirEnds() throws IOException {
        Path file = file(
                "{'process':0,'type':'invoke','f':'write','key':'k','value':'1','time':10}",
                "{'process':1,'type':'invoke','f':'read','key':'k','value':null,'time':11}",
                "{'process':2,'type':'invoke','f':'cas','key':'j','value':[null,'2'],'time':12}",
                "{'process':0,'type':'ok','f':'write','key':'k','value':'1','time':13}",
                "{'process':1,'type':'ok','f':'read','key':'k','value':'1','time':14}",
                "{'process':0,'type':'invoke','f':'write','key':'k','value':null,'time':15}",
                "{'process':2,'type':'info','f':'cas','key':'j','value':[null,'2'],'time':16}",
                "{'process':1,'type':'invoke','f':'cas','key':'k','value':['1',null],'time':17}",
                "{'process':1,'type':'fail','f':'cas','key':'k','value':['1',null],'time':18}",
                "");

        assertThat(HistoryReader.read(file))
                .containsExactly(
                        new Operation(0, "k", new Write("1"), Outcome.OK, 10, 13),
                        new Operation(1, "k", new Read("1"), Outcome.OK, 11, 14),
                        new Operation(2, "j", new CompareAndSet(null, "2"), Outcome.INFO, 12, Operation.NEVER),
                        new Operation(0, "k", new Write(null), Outcome.INFO, 15, Operation.NEVER),
                        new Operation(1, "k", new CompareAndSet("1", null), Outcome.FAIL, 17, 18));
    }

    @Test
    void anEmptyFileIsAnEmptyHistory() throws IOException {
        assertThat(HistoryReader.read(file(""))).isEmpty();
    }

    @Test
    void fieldsInAnyOrderAndFurtherFieldsAreFine() throws IOException {
        Path file = file("{'index':{'a':[1]},'time':-5,'value':'1','key':'k','f':'write','type':'invoke','process':7}");
        assertThat(HistoryReader.read(file))
                .containsExactly(new Operation(7, "k", new Write("1"), Outcome.INFO, -5, Operation.NEVER));
    }

    @Test
    void aLineMayEndTheFileWithoutANewline() throws IOException {
        assertThat(HistoryReader.read(file(GOOD))).hasSize(1);
        assertThat(HistoryReader.read(file(GOOD, ""))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "hello | not JSON",
                "[] | not a JSON object",
                "5 | not a JSON object",
                "{'process':0,'type':'invoke' | not JSON",
                "{'process':0,'process':1} | not JSON: Duplicate",
                "{'type':'invoke','f':'read','key':'k','value':null,'time':1} | 'process' is missing",
                "{'process':0,'f':'read','key':'k','value':null,'time':1} | 'type' is missing",
                "{'process':0,'type':'invoke','key':'k','value':null,'time':1} | 'f' is missing",
                "{'process':0,'type':'invoke','f':'read','value':null,'time':1} | 'key' is missing",
                "{'process':0,'type':'invoke','f':'read','key':'k','time':1} | 'value' is missing",
                "{'process':0,'type':'invoke','f':'read','key':'k','value':null} | 'time' is missing",
                "{'process':'0','type':'invoke','f':'read','key':'k','value':null,'time':1} | 'process' is not a 64-bit integer",
                "{'process':-1,'type':'invoke','f':'read','key':'k','value':null,'time':1} | process < 0: -1",
                "{'process':0,'type':'begin','f':'read','key':'k','value':null,'time':1} | 'type' is 'begin', not invoke",
                "{'process':0,'type':5,'f':'read','key':'k','value':null,'time':1} | 'type' is not a string",
                "{'process':0,'type':'invoke','f':'append','key':'k','value':null,'time':1} | 'f' is 'append', not read",
                "{'process':0,'type':'invoke','f':'read','key':null,'value':null,'time':1} | 'key' is not a string",
                "{'process':0,'type':'invoke','f':'write','key':'k','value':3,'time':1} | 'value' is not a string",
                "{'process':0,'type':'invoke','f':'write','key':'k','value':['1','2'],'time':1} | 'value' is an array",
                "{'process':0,'type':'invoke','f':'cas','key':'k','value':'1','time':1} | 'value' of a cas is not",
                "{'process':0,'type':'invoke','f':'cas','key':'k','value':['1'],'time':1} | has 1 elements",
                "{'process':0,'type':'invoke','f':'cas','key':'k','value':['1','2','3'],'time':1} | has more elements",
                "{'process':0,'type':'invoke','f':'cas','key':'k','value':['1',2],'time':1} | 'value' is not a string",
                "{'process':0,'type':'invoke','f':'read','key':'k','value':'1','time':1} | a read has a value only when",
                "{'process':0,'type':'invoke','f':'read','key':'k','value':null,'time':1.5} | 'time' is not a 64-bit",
                "{'process':0,'type':'invoke','f':'read','key':'k','value':null,'time':99999999999999999999} | 'time' is not",
                "{'process':0,'type':'invoke','f':'read','key':'k','value':null,'time':9223372036854775807} | stands for never",
                "{'process':0,'type':'invoke','f':'read','key':'k','value':null,'time':1} {} | something follows",
                "{'process':0,'type':'ok','f':'read','key':'k','value':null,'time':9} | ends another operation",
                "{'process':0,'type':'ok','f':'write','key':'j','value':'1','time':9} | ends another operation",
                "{'process':0,'type':'ok','f':'write','key':'k','value':'2','time':9} | ends another operation",
                "{'process':0,'type':'invoke','f':'write','key':'k','value':'1','time':9} | has an operation open already",
                "{'process':1,'type':'ok','f':'write','key':'k','value':'1','time':9} | process 1 has no operation open",
                "{'process':0,'type':'ok','f':'write','key':'k','value':'1','time':4} | process 0 goes back in time",
            })
    void aBadLineIsRefusedWithItsNumber(String line, String problem) throws IOException {
        assertRefused(2, problem, GOOD, line);
    }

    @Test
    void anEmptyLineInTheMiddleIsRefused() throws IOException {
        assertRefused(2, "not a JSON object", GOOD, "", GOOD);
    }

    @Test
    void everyCutOfTheLastLineIsRefused() throws IOException {
        for (int length = 1; length < GOOD.length(); length++) {
            assertRefused(2, "not JSON", GOOD.replace(":0,", ":1,"), GOOD.substring(0, length));
        }
    }

    @Test
    void aLineThatIsTooLongIsRefusedBeforeItIsHeld() throws IOException {
        String tooLong = "x".repeat(EventCodec.MAX_LINE_BYTES + 1);
        assertRefused(2, "longer than " + EventCodec.MAX_LINE_BYTES, GOOD, tooLong, GOOD);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws IOException {
        byte[] line = GOOD.replace("'1'", "'?'").getBytes(StandardCharsets.UTF_8);
        line[GOOD.indexOf("\"1\"") + 1] = (byte) 0xff;
        Path file = Files.write(directory.resolve("binary.jsonl"), line);
        assertThatThrownBy(() -> HistoryReader.read(file))
                .isInstanceOf(BadHistoryException.class)
                .hasMessageContaining("line 1: not JSON");
    }

    @Test
    void aFileThatIsNotThereIsAnIoErrorOfItsOwn() {
        assertThatThrownBy(() -> HistoryReader.read(directory.resolve("none")))
                .isInstanceOf(java.nio.file.NoSuchFileException.class);
    }

    @Test
    void filesOfTwoRecordersCanBeJoined() throws IOException {
        Path file = file(
                "{'process':0,'type':'invoke','f':'write','key':'k','value':'1','time':10}",
                "{'process':0,'type':'ok','f':'write','key':'k','value':'1','time':20}",
                "{'process':1,'type':'invoke','f':'read','key':'k','value':null,'time':5}",
                "{'process':1,'type':'ok','f':'read','key':'k','value':null,'time':12}");
        List<Operation> history = HistoryReader.read(file);
        assertThat(history).hasSize(2);
        assertThat(Histories.isLinearizable(history)).isTrue();
    }
}
