package io.quorate.cli.node;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512B}, {@code 64KiB}, {@code 8MiB}, {@code 2GiB}. */
public final class SizeText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");

    private SizeText() {}

    /**
     * Returns bytes.
     *
     * @throws IllegalArgumentException for any other form
     */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 512B, 64KiB, 8MiB or 2GiB");
        }
        long number = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "B" -> number;
            case "KiB" -> number << 10;
            case "MiB" -> number << 20;
            default -> number << 30;
        };
    }

    /** A parser that also refuses what lies outside of the range, given in bytes. */
    static Function<String, Long> within(long least, long most) {
        return text -> {
            long bytes = parse(text);
            if (bytes < least || bytes > most) {
                throw new IllegalArgumentException(text + " is not within " + format(least) + " and " + format(most));
            }
            return bytes;
        };
    }

    /** The shortest form that {@link #parse} reads back. */
    public static String format(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB"};
        long number = bytes;
        int unit = 0;
        while (unit < units.length - 1 && number != 0 && number % 1024 == 0) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }
}
