package io.quorate.statemachine.raft;

/** A peer asks what this build does not know: it is of a later one. */
final class UnknownOperationException extends RuntimeException {
    /** How the message begins; builds that answered with nothing but the message are told by it. */
    static final String TEXT = "peer call of unknown operation ";

    private static final long serialVersionUID = 1L;

    UnknownOperationException(int code) {
        super(TEXT + code);
    }
}
