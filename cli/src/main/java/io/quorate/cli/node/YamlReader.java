package io.quorate.cli.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.quorate.cli.node.YamlValue.Entry;
import io.quorate.cli.node.YamlValue.Mapping;
import io.quorate.cli.node.YamlValue.Scalar;
import io.quorate.cli.node.YamlValue.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads one YAML document into values that know their lines. Anchors, aliases and keys that occur twice are refused. */
final class YamlReader {
    private final String file;
    private final YAMLParser parser;

    private YamlReader(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * @param file named in messages
     * @throws ConfigException if the text is not one YAML mapping
     */
    static Mapping read(String file, String text) {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            return new YamlReader(file, parser).document();
        } catch (JsonProcessingException e) {
            throw new ConfigException(file, List.of(syntax(e)));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static ConfigProblem syntax(JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            String context = marked.getContextMark() == null
                    ? ""
                    : " (" + marked.getContext() + " from line "
                            + (marked.getContextMark().getLine() + 1) + ")";
            return new ConfigProblem(
                    marked.getProblemMark().getLine() + 1, "not valid YAML: " + marked.getProblem() + context);
        }
        int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNr());
        return new ConfigProblem(line, "not valid YAML: " + e.getOriginalMessage());
    }

    private Mapping document() throws IOException {
        if (parser.nextToken() == null) {
            throw problem(0, "is empty");
        }
        YamlValue root = value();
        if (parser.nextToken() != null) {
            throw problem(line(), "a second document begins here; one file holds one");
        }
        if (root instanceof Mapping mapping) {
            return mapping;
        }
        throw problem(root.line(), "expected lines of the form 'key: value'");
    }

    private YamlValue value() throws IOException {
        int line = line();
        if (parser.isCurrentAlias()) {
            throw problem(line, "aliases are not supported: write the value out");
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(line);
        }
        if (token == JsonToken.START_ARRAY) {
            parser.skipChildren();
            return new Sequence(line);
        }
        return new Scalar(token == JsonToken.VALUE_NULL ? "" : parser.getText(), line);
    }

    private Mapping mapping(int line) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            parser.nextToken();
            Entry before = entries.put(key, new Entry(value(), keyLine));
            if (before != null) {
                throw problem(keyLine, "'" + key + "' is here a second time, first on line " + before.line());
            }
        }
        return new Mapping(entries, line);
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private ConfigException problem(int line, String message) {
        return new ConfigException(file, List.of(new ConfigProblem(line, message)));
    }
}
