package io.quorate.cli.command;

import io.quorate.wal.log.Bytes;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Bytes in JSON: as text where they are text, otherwise in Base64 under another name, so that nothing is lost. */
final class JsonText {
    private JsonText() {}

    /** Puts {@code name} with text, or {@code nameBase64}. */
    static void put(Map<String, Object> json, String name, Bytes bytes) {
        try {
            json.put(
                    name,
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.buffer()).toString());
        } catch (CharacterCodingException e) {
            json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.toArray()));
        }
    }
}
