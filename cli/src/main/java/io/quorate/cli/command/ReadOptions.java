package io.quorate.cli.command;

import io.quorate.cli.node.DurationText;
import io.quorate.statemachine.client.ReadPreference;
import io.quorate.statemachine.kv.client.KvClient;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.ReadConsistency;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How fresh a read must be, and who serves it. A mixin. */
final class ReadOptions {
    @Option(
            names = "--consistency",
            paramLabel = "LEVEL",
            defaultValue = "linearizable",
            converter = ConsistencyConverter.class,
            description =
                    "linearizable: all that was acknowledged before; bounded=2s: at most that old; session=LSN: at least up to "
                            + "that entry; eventual: some earlier state. Default: ${DEFAULT-VALUE}")
    private ReadConsistency consistency;

    @Option(
            names = "--read-from",
            paramLabel = "REPLICA",
            defaultValue = "primary",
            converter = PreferenceConverter.class,
            description =
                    "primary, primary-preferred, secondary, secondary-preferred or nearest. Default: ${DEFAULT-VALUE}")
    private ReadPreference preference;

    ReadConsistency consistency() {
        return consistency;
    }

    ReadPreference preference() {
        return preference;
    }

    KvClient apply(KvClient client) {
        return client.withConsistency(consistency).withPreference(preference);
    }

    /** Reads {@code linearizable}, {@code eventual}, {@code bounded=500ms}, {@code session=42}. */
    static final class ConsistencyConverter implements ITypeConverter<ReadConsistency> {
        @Override
        public ReadConsistency convert(String text) {
            try {
                if (text.startsWith("bounded=")) {
                    Duration bound = DurationText.parse(text.substring("bounded=".length()));
                    return new ReadConsistency.BoundedStaleness(bound);
                }
                if (text.startsWith("session=")) {
                    return new ReadConsistency.Session(new Lsn(Long.parseLong(text.substring("session=".length()))));
                }
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + "': " + e.getMessage());
            }
            return switch (text) {
                case "linearizable" -> ReadConsistency.LINEARIZABLE;
                case "eventual" -> ReadConsistency.EVENTUAL;
                default ->
                    throw new TypeConversionException(
                            "'" + text + "' is none of linearizable, bounded=TIME, session=LSN, eventual");
            };
        }
    }

    /** Reads {@code secondary-preferred} and the like. */
    static final class PreferenceConverter implements ITypeConverter<ReadPreference> {
        @Override
        public ReadPreference convert(String text) {
            for (ReadPreference preference : ReadPreference.values()) {
                if (preference.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
                    return preference;
                }
            }
            throw new TypeConversionException(
                    "'" + text + "' is none of primary, primary-preferred, secondary, secondary-preferred, nearest");
        }
    }
}
