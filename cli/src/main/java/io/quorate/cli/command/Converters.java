package io.quorate.cli.command;

import io.quorate.cli.node.DurationText;
import io.quorate.cli.node.Preset;
import io.quorate.topology.NodeId;
import io.quorate.topology.Peer;
import io.quorate.topology.ShardId;
import io.quorate.wal.log.Lsn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * How words become values. What is refused here is refused before anything is tried, with the name of the option: picocli puts it in
 * front of the reason.
 */
final class Converters {
    private static final Duration LONGEST = Duration.ofDays(1);

    private Converters() {}

    /** For all commands that the root has by now. */
    static void register(CommandLine root) {
        root.registerConverter(ShardId.class, text -> parsed(ShardId::new, text));
        root.registerConverter(NodeId.class, text -> parsed(NodeId::new, text));
        root.registerConverter(Preset.class, text -> parsed(Preset::parse, text));
    }

    private static <T> T parsed(Function<String, T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static Duration time(String text) {
        Duration time = parsed(DurationText::parse, text.matches("\\d{1,12}") ? text + "s" : text);
        if (time.compareTo(LONGEST) > 0) {
            throw new TypeConversionException("'" + text + "' is more than 24h");
        }
        return time;
    }

    private static long number(String text, long least, long most) {
        if (text.matches("-?\\d{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new TypeConversionException(
                "'" + text + "' is not a number of " + least + (most == Long.MAX_VALUE ? " or more" : " to " + most));
    }

    /** Reads {@code 500ms} and the like above zero, and a bare number as seconds. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration time = time(text);
            if (time.isZero()) {
                throw new TypeConversionException("'" + text + "' is not above zero");
            }
            return time;
        }
    }

    /** The same, or zero. */
    static final class TimeOrNone implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return time(text);
        }
    }

    /** 1 to a million. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) number(text, 1, 1 << 20);
        }
    }

    /** Bytes, 1 to 64 MiB. */
    static final class Size implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) number(text, 1, 64 << 20);
        }
    }

    /** An LSN from 1 on. */
    static final class Position implements ITypeConverter<Lsn> {
        @Override
        public Lsn convert(String text) {
            return new Lsn(number(text, 1, Long.MAX_VALUE));
        }
    }

    /** A fraction above 0, up to 1. */
    static final class Fraction implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return decimal(text, 1);
        }
    }

    /** A number a second, above 0 up to ten millions. */
    static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return decimal(text, 1e7);
        }
    }

    private static double decimal(String text, double most) {
        if (text.matches("\\d{1,9}(\\.\\d{1,9})?")
                && Double.parseDouble(text) > 0
                && Double.parseDouble(text) <= most) {
            return Double.parseDouble(text);
        }
        throw new TypeConversionException("'" + text + "' is not a number above 0 and up to " + (long) most);
    }

    /** {@code host:port} or {@code [ipv6]:port}. */
    static final class Address implements ITypeConverter<String> {
        private static final Pattern HOST = Pattern.compile(
                "(\\[[0-9a-fA-F:.]+(%[a-zA-Z0-9]+)?]|[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_.])?):\\d+");

        @Override
        public String convert(String text) {
            parsed(Peer::checkAddress, text);
            if (!HOST.matcher(text).matches()) {
                throw new TypeConversionException("address '" + text + "' is not host:port, nor [IPv6 address]:port");
            }
            return text;
        }
    }

    /** A text that is not empty. */
    static final class Text implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (text.isEmpty()) {
                throw new TypeConversionException("is empty");
            }
            return text;
        }
    }

    /** The heap of a JVM, as {@code -Xmx} takes it. */
    static final class Heap implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!text.matches("[1-9]\\d{0,8}[kKmMgG]")) {
                throw new TypeConversionException("'" + text + "' is not a size such as 512m or 2g");
            }
            return text;
        }
    }

    /** A file that may be written; {@code -} passes. */
    static final class OutputFile implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            Path file = path(text);
            Path directory = file.toAbsolutePath().getParent();
            if (!text.equals("-") && (Files.isDirectory(file) || !Files.isWritable(directory))) {
                throw new TypeConversionException("file " + text + " cannot be written");
            }
            return file;
        }
    }

    /** A directory that is there, and may be written to. */
    static final class Directory implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            Path directory = path(text);
            if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
                throw new TypeConversionException(text + " is not a directory that may be written to");
            }
            return directory;
        }
    }

    /** Refuses a file that cannot be read. Called once a command runs: an example need not have its files. */
    static Path readable(CommandSpec spec, String option, Path file) {
        if (Files.isReadable(file) && !Files.isDirectory(file)) {
            return file;
        }
        throw new ParameterException(
                spec.commandLine(),
                option + ": " + (Files.exists(file) ? file + " cannot be read" : "there is no file " + file));
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the name is empty");
        }
        return parsed(Path::of, text);
    }
}
