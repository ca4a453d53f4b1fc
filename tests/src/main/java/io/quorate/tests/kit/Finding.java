package io.quorate.tests.kit;

/** The rule that was broken. */
public enum Finding {
    /** The same entries gave another result or state in a second run of the same JVM: time, randomness, order of a hash map. */
    NOT_DETERMINISTIC,
    /** The same entries gave another result or state in another JVM: also locale, time zone, hash codes, order of immutable maps. */
    DIFFERS_BETWEEN_JVMS,
    /** A new instance over the stored state goes on differently: something was kept in a field. */
    STATE_OUTSIDE_TRANSACTION,
    /** The transaction was used after the call that it was given to, or by another thread. */
    TRANSACTION_KEPT,
    /** The apply function threw, which stops a replica; a malformed command is to be refused. */
    APPLY_FAILED,
    /** A query was answered differently, or it failed otherwise than by IllegalArgumentException. */
    QUERY_DIFFERS,
    /** After a crash the position is not that of the data. */
    POSITION_NOT_WITH_DATA,
    /** An entry that was delivered again changed the state. */
    NOT_IDEMPOTENT,
    /** An entry was applied though those before it are missing. */
    GAP_NOT_REFUSED,
    /** Another entry was taken at an LSN that was applied. */
    DIVERGENCE_NOT_REFUSED,
    /** Results do not correspond to the entries applied. */
    WRONG_RESULTS,
    /** The state store does not do what its contract says. */
    STORE_CONTRACT
}
