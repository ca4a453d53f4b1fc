package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.kv.KvCommand;
import io.quorate.wal.log.Bytes;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EntryTextTest {
    private static final Bytes KEY = Bytes.utf8("apple");

    private static String kv(KvCommand command) {
        return EntryText.of("kv").of(command.encode()).utf8();
    }

    @Test
    void commandsOfKvAreToldInWords() {
        assertThat(kv(KvCommand.put(KEY, Bytes.utf8("3 or 4")))).isEqualTo("put apple 3 or 4");
        assertThat(kv(KvCommand.delete(KEY))).isEqualTo("delete apple");
        assertThat(kv(KvCommand.compareAndSet(KEY, Optional.of(Bytes.utf8("3")), Optional.of(Bytes.utf8("4")))))
                .isEqualTo("if apple is 3: put apple 4");
        assertThat(kv(KvCommand.compareAndSet(KEY, Optional.empty(), Optional.empty())))
                .isEqualTo("if apple is absent: delete apple");
        assertThat(EntryText.of("kv")
                        .of(Bytes.wrap(new byte[] {(byte) 200, 'x'}))
                        .utf8())
                .as("no command")
                .isEqualTo("\\xc8x");
    }

    @Test
    void entriesOfLogStayAsTheyAre() {
        Bytes entry = Bytes.wrap(new byte[] {0, (byte) 0xff, '\\'});
        assertThat(EntryText.of("log").of(entry)).isEqualTo(entry);
    }

    @Test
    void whatATerminalMustNotGetIsEscaped() {
        assertThat(EntryText.readable(Bytes.utf8("Käse 🧀"))).isEqualTo("Käse 🧀");
        assertThat(EntryText.readable(Bytes.utf8("a\nb\u001b[2J\\"))).isEqualTo("a\\x0ab\\x1b[2J\\\\");
        assertThat(EntryText.readable(
                        Bytes.wrap(new byte[] {'a', (byte) 0xff, (byte) 0xc3, 'b', (byte) 0xe2, (byte) 0x82})))
                .isEqualTo("a\\xff\\xc3b\\xe2\\x82");
        assertThat(EntryText.readable(Bytes.EMPTY)).isEmpty();
    }
}
