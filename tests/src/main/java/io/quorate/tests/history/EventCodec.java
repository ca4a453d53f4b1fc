package io.quorate.tests.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** One {@link HistoryEvent} as one line of JSON and back; the format is drawn in the package description. */
final class EventCodec {
    /** A line may have this many bytes, its end not counted. */
    static final int MAX_LINE_BYTES = 1 << 20;

    // Non-ASCII is escaped, so that any Java string, lone surrogates included, comes back as it was.
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private EventCodec() {}

    /** A problem with one line; the reader adds where it is. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String problem) {
            super(problem);
        }

        BadLineException(String problem, Throwable cause) {
            super(problem, cause);
        }
    }

    /**
     * The line of an event, with its newline.
     *
     * @throws IllegalArgumentException if it would be longer than {@link #MAX_LINE_BYTES}
     */
    static byte[] encode(HistoryEvent event) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(160);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("process", event.process());
            json.writeStringField("type", event.type().fileName());
            json.writeStringField("f", event.action().functionName());
            json.writeStringField("key", event.key());
            json.writeFieldName("value");
            writeValue(json, event.action());
            json.writeNumberField("time", event.timeNanos());
            json.writeEndObject();
        }
        if (line.size() > MAX_LINE_BYTES) {
            throw new IllegalArgumentException("a line of " + line.size() + " bytes > " + MAX_LINE_BYTES);
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static void writeValue(JsonGenerator json, RegisterAction action) throws IOException {
        if (action instanceof Read read) {
            json.writeString(read.value());
        } else if (action instanceof Write write) {
            json.writeString(write.value());
        } else if (action instanceof CompareAndSet cas) {
            json.writeStartArray();
            json.writeString(cas.expected());
            json.writeString(cas.value());
            json.writeEndArray();
        } else {
            throw new AssertionError("unhandled: " + action);
        }
    }

    /**
     * Reads one line, without its newline.
     *
     * @throws BadLineException saying what is wrong with it
     */
    static HistoryEvent decode(byte[] line, int length) throws BadLineException {
        Fields fields = new Fields();
        try (JsonParser json = JSON.createParser(line, 0, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadLineException("not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                fields.take(json);
            }
            if (json.nextToken() != null) {
                throw new BadLineException("something follows the JSON object");
            }
        } catch (IOException e) {
            throw new BadLineException(
                    "not JSON: " + e.getMessage().lines().findFirst().orElse(""), e);
        }
        return fields.event();
    }

    /** The fields of one line while it is read. */
    private static final class Fields {
        private Long process;
        private String type;
        private String function;
        private String key;
        private String[] value;
        private boolean valueIsPair;
        private Long time;

        void take(JsonParser json) throws IOException, BadLineException {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            switch (name) {
                case "process" -> process = integer(name, token, json);
                case "type" -> type = string(name, token, json);
                case "f" -> function = string(name, token, json);
                case "key" -> key = string(name, token, json);
                case "value" -> takeValue(token, json);
                case "time" -> time = integer(name, token, json);
                default -> json.skipChildren();
            }
        }

        private static long integer(String name, JsonToken token, JsonParser json)
                throws IOException, BadLineException {
            if (token != JsonToken.VALUE_NUMBER_INT || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw new BadLineException("'" + name + "' is not a 64-bit integer");
            }
            return json.getLongValue();
        }

        private static String string(String name, JsonToken token, JsonParser json)
                throws IOException, BadLineException {
            if (token != JsonToken.VALUE_STRING) {
                throw new BadLineException("'" + name + "' is not a string");
            }
            return json.getText();
        }

        private static String valueString(JsonToken token, JsonParser json) throws IOException, BadLineException {
            return token == JsonToken.VALUE_NULL ? null : string("value", token, json);
        }

        private void takeValue(JsonToken token, JsonParser json) throws IOException, BadLineException {
            valueIsPair = token == JsonToken.START_ARRAY;
            if (!valueIsPair) {
                value = new String[] {valueString(token, json)};
                return;
            }
            value = new String[2];
            for (int i = 0; i < 2; i++) {
                JsonToken element = json.nextToken();
                if (element == JsonToken.END_ARRAY) {
                    throw new BadLineException("'value' has " + i + " elements, not [expected, new]");
                }
                value[i] = valueString(element, json);
            }
            if (json.nextToken() != JsonToken.END_ARRAY) {
                throw new BadLineException("'value' has more elements than [expected, new]");
            }
        }

        HistoryEvent event() throws BadLineException {
            require("process", process);
            require("type", type);
            require("f", function);
            require("key", key);
            require("value", value);
            require("time", time);
            try {
                return new HistoryEvent(process, eventType(), key, action(), time);
            } catch (IllegalArgumentException e) {
                throw new BadLineException(e.getMessage(), e);
            }
        }

        private static void require(String name, Object field) throws BadLineException {
            if (field == null) {
                throw new BadLineException("'" + name + "' is missing");
            }
        }

        private EventType eventType() throws BadLineException {
            for (EventType candidate : EventType.values()) {
                if (candidate.fileName().equals(type)) {
                    return candidate;
                }
            }
            throw new BadLineException("'type' is '" + shortened(type) + "', not invoke, ok, fail or info");
        }

        private RegisterAction action() throws BadLineException {
            boolean cas = "cas".equals(function);
            if (cas != valueIsPair) {
                throw new BadLineException(
                        cas ? "'value' of a cas is not [expected, new]" : "'value' is an array, but 'f' is not cas");
            }
            return switch (function) {
                case "read" -> new Read(value[0]);
                case "write" -> new Write(value[0]);
                case "cas" -> new CompareAndSet(value[0], value[1]);
                default -> throw new BadLineException("'f' is '" + shortened(function) + "', not read, write or cas");
            };
        }

        private static String shortened(String text) {
            return text.length() <= 40 ? text : text.substring(0, 40) + "...";
        }
    }
}
