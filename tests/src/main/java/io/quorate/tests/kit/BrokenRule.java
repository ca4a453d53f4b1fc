package io.quorate.tests.kit;

/** A rule was found broken, before it is known how to replay it. Not for users: they see {@link CheckFailedError}. */
final class BrokenRule extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Finding finding;

    BrokenRule(Finding finding, String message) {
        super(message);
        this.finding = finding;
    }

    BrokenRule(Finding finding, String message, Throwable cause) {
        super(message, cause);
        this.finding = finding;
    }

    CheckFailedError replayedBy(String replay) {
        return new CheckFailedError(finding, getMessage(), replay, getCause());
    }
}
