package io.quorate.cli.command;

import io.quorate.statemachine.kv.client.KvClient;
import io.quorate.statemachine.kv.client.KvWritten;
import io.quorate.wal.log.WriteConcern;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** When a write is answered. A mixin. */
final class WriteOptions {
    @Option(
            names = "--concern",
            paramLabel = "CONCERN",
            defaultValue = "majority",
            converter = ConcernConverter.class,
            description =
                    "one: on the leader's disk, may still be lost; majority: committed; quorum=N, all: and on the disks of so "
                            + "many voters; exits with 7 where that did not come about in time. Default: ${DEFAULT-VALUE}")
    private WriteConcern concern;

    KvClient apply(KvClient client) {
        return client.withConcern(concern);
    }

    /** Prints what became of a write. */
    static ExitCode print(KvWritten written, Output out) {
        Map<String, Object> json = new LinkedHashMap<>();
        Set<String> missing = new TreeSet<>(written.missing());
        json.put("lsn", written.lsn().map(lsn -> (Object) lsn.value()).orElse(null));
        json.put("missing", missing);
        String place = written.lsn().map(lsn -> "lsn " + lsn).orElse("on the leader's disk, may still be lost");
        out.print(json, missing.isEmpty() ? place : place + ", committed, but not yet on " + missing);
        return missing.isEmpty() ? ExitCode.OK : ExitCode.PARTLY;
    }

    /** Reads {@code one}, {@code majority}, {@code all}, {@code quorum=2}. */
    static final class ConcernConverter implements ITypeConverter<WriteConcern> {
        @Override
        public WriteConcern convert(String text) {
            if (text.startsWith("quorum=")) {
                try {
                    return WriteConcern.quorum(Integer.parseInt(text.substring("quorum=".length())));
                } catch (IllegalArgumentException e) {
                    throw new TypeConversionException("'" + text + "': " + e.getMessage());
                }
            }
            return switch (text) {
                case "one" -> WriteConcern.ONE;
                case "majority" -> WriteConcern.MAJORITY;
                case "all" -> WriteConcern.ALL;
                default -> throw new TypeConversionException("'" + text + "' is none of one, majority, quorum=N, all");
            };
        }
    }
}
