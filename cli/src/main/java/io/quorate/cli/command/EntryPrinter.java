package io.quorate.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorate.statemachine.logapp.LogPage;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Forms in which entries are printed. Call {@link #begin}, {@link #print} for each, {@link #end}. */
interface EntryPrinter {
    /** Nothing was printed before. */
    default void begin() {}

    void print(LogPage.Entry entry) throws IOException;

    /** What was printed reaches its reader now. */
    default void flush() throws IOException {}

    /**
     * Nothing is printed after this.
     *
     * @param next LSN to read on from
     * @return whether the failure was told here
     */
    default boolean end(Lsn next, Optional<ObjectNode> failure) {
        return false;
    }

    /** One JSON object: {@code shard}, {@code entries}, {@code next}, and {@code error} if it came to that. */
    static EntryPrinter oneObject(Output output, ShardId shard) {
        return new EntryPrinter() {
            private String separator = "";

            @Override
            public void begin() {
                output.line("{\"shard\":" + Output.toJson(shard.value()) + ",\"entries\":[");
            }

            @Override
            public void print(LogPage.Entry entry) {
                output.line(separator + Output.toJson(json(entry)));
                separator = ",";
            }

            @Override
            public boolean end(Lsn next, Optional<ObjectNode> failure) {
                output.line("],\"next\":" + next.value()
                        + failure.map(error -> ",\"error\":" + error).orElse("") + "}");
                return true;
            }
        };
    }

    /** A JSON object a line: of entries without an end. */
    static EntryPrinter objects(Output output) {
        return entry -> output.line(Output.toJson(json(entry)));
    }

    private static Map<String, Object> json(LogPage.Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("lsn", entry.lsn().value());
        JsonText.put(json, "entry", entry.data());
        return json;
    }

    /** Each preceded by its length in four bytes. */
    static EntryPrinter frames(OutputStream out) {
        DataOutputStream data = new DataOutputStream(out);
        return new EntryPrinter() {
            @Override
            public void print(LogPage.Entry entry) throws IOException {
                data.writeInt(entry.data().length());
                data.write(entry.data().toArray());
            }

            @Override
            public void flush() throws IOException {
                data.flush();
            }
        };
    }

    /** A line each, in a form that lines can have. */
    static EntryPrinter lines(OutputStream out, boolean withLsn, EntryText.Form form) {
        return new EntryPrinter() {
            @Override
            public void print(LogPage.Entry entry) throws IOException {
                if (withLsn) {
                    out.write((entry.lsn() + "\t").getBytes(StandardCharsets.UTF_8));
                }
                form.of(entry.data()).writeTo(out);
                out.write('\n');
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }
        };
    }
}
