package io.quorate.statemachine.raft;

import java.util.Locale;
import java.util.stream.Stream;

/**
 * Tells a disk that was merely full from one that is broken. What a full disk did not take was never promised to anybody, so a replica
 * may open its files anew once there is room. After a failed fsync that is not so: the system may have dropped what it could not write
 * and go on serving it from memory, so that nobody can tell any more what is on the disk. Pure.
 */
final class OutOfSpace {
    private OutOfSpace() {}

    /** True if a write failed for lack of room or quota, and no fsync did. */
    static boolean isCauseOf(Throwable failure) {
        boolean full = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isSync(cause)) {
                return false;
            }
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            full |= message.contains("no space left on device") || message.contains("disk quota exceeded");
        }
        return full;
    }

    private static boolean isSync(Throwable cause) {
        return Stream.of(cause.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.")
                        && frame.getMethodName().startsWith("force"));
    }
}
