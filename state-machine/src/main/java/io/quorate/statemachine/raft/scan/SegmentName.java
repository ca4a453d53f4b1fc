package io.quorate.statemachine.raft.scan;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A segment as its file name says.
 *
 * @param start first index, from 0
 * @param end last index; -1 if open
 */
record SegmentName(String file, long start, long end) {
    /** As Ratis sorts: by start, the open one first. */
    static final Comparator<SegmentName> ORDER =
            Comparator.comparingLong(SegmentName::start).thenComparingLong(SegmentName::end);

    private static final Pattern CLOSED = Pattern.compile("log_(\\d{1,18})-(\\d{1,18})");
    private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d{1,18})");

    /** What Ratis would take for a segment. */
    private static final Pattern TAKEN_BY_RATIS = Pattern.compile("log_\\d+-\\d+|log_inprogress_\\d+(\\..*)?");

    boolean open() {
        return end < 0;
    }

    /** The name that an open segment gets when it is closed. */
    static String closed(long start, long end) {
        return "log_" + start + "-" + end;
    }

    /**
     * @return empty if the file is none of the log's
     * @throws DamageFound if Ratis would open the file as a segment, but cannot have written it
     */
    static Optional<SegmentName> parse(String file) {
        Matcher closed = CLOSED.matcher(file);
        Matcher open = OPEN.matcher(file);
        SegmentName name = null;
        if (closed.matches()) {
            name = new SegmentName(file, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2)));
        } else if (open.matches()) {
            name = new SegmentName(file, Long.parseLong(open.group(1)), -1);
        }
        boolean reversed = name != null && !name.open() && name.end < name.start;
        if (reversed || name == null && TAKEN_BY_RATIS.matcher(file).matches()) {
            throw new DamageFound(new Damage(
                    DamageKind.UNEXPECTED_FILE,
                    file,
                    0,
                    "Ratis would open it as a segment; if it is a copy, move it away"));
        }
        return Optional.ofNullable(name);
    }
}
