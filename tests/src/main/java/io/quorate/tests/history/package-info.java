/**
 * Histories of what clients asked and were told, and the check that they are linearizable.
 *
 * <p>A test writes what its clients do with {@link io.quorate.tests.history.HistoryRecorder}, one JSON object a line;
 * {@link io.quorate.tests.history.HistoryCheck} reads such a file and says whether some order of the operations, one
 * that keeps to real time, explains every answer. The file is plain enough for other checkers to read.
 *
 * <p>What the package guarantees: a history is called LINEARIZABLE only when an order was found and VIOLATION only when
 * there is none; when the budget ends first the answer is UNDECIDED with the reason, never a guess. A line that does
 * not fit the format is refused with its number, never skipped.
 *
 * <p>Line format, every field required, further fields ignored:
 *
 * <pre>
 *   {"process":3,"type":"invoke","f":"write","key":"k7","value":"v1","time":81231}
 *
 *   process  integer, 0 or more: one logical client, with at most one operation open at a time
 *   type     invoke | ok | fail | info: ok took effect, fail certainly never did and never will,
 *            info is unknown; an invoke without an end counts as info
 *   f        read | write | cas
 *   key      string
 *   value    read: null on invoke, fail and info; what was read on ok
 *            write: what is written; cas: an array [expected, new]; the same on the end as on the invoke
 *            null as a value means absent, so write null is a delete and cas [null, x] creates
 *   time     integer, monotonic nanoseconds of one clock for the whole file
 * </pre>
 *
 * <p>Every key starts absent. API: stable, the public types.
 */
package io.quorate.tests.history;
