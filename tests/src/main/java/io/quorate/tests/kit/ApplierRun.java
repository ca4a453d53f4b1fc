package io.quorate.tests.kit;

import io.quorate.wal.log.ApplyResult;
import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.LsnDivergenceException;
import io.quorate.wal.log.LsnGapException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Delivers a log to an applier with everything that may go wrong on the way, and compares with the undisturbed run. */
final class ApplierRun<A extends EntryApplier> {
    private static final int LARGEST_LIST = 8;
    private static final int LARGEST_OVERLAP = 5;

    private final AppliedHistory<A> expected;
    private final EntryApplierCheck.Opener<? extends A> opener;
    private final Function<? super A, ?> state;
    private final Path directory;
    private final SplittableRandom random;
    private A applier;
    private int applied;
    /** Entries up to it were applied before this instance was opened: it need not know them any more. */
    private int openedAt;

    private int crashes;

    ApplierRun(
            AppliedHistory<A> expected,
            EntryApplierCheck.Opener<? extends A> opener,
            Function<? super A, ?> state,
            Path directory,
            SplittableRandom random) {
        this.expected = expected;
        this.opener = opener;
        this.state = state;
        this.directory = directory;
        this.random = random;
        this.applier = AppliedHistory.open(opener, directory);
    }

    /** Returns the number of crashes. */
    int run(boolean atLeastOnce) {
        if (atLeastOnce) {
            deliverAtLeastOnce();
        } else {
            deliverOnce();
        }
        AppliedHistory.release(applier);
        return crashes;
    }

    private void deliverAtLeastOnce() {
        int next = 1;
        int disturbancesLeft = 20;
        while (next <= expected.length()) {
            int last = Math.min(expected.length(), next + random.nextInt(LARGEST_LIST));
            int event = disturbancesLeft > 0 ? random.nextInt(6) : 5;
            boolean delivered = true;
            if (event < 2) {
                disturbancesLeft--;
                delivered = !endsWithin(expected.entries(next, last));
                applier = AppliedHistory.open(opener, directory);
            } else {
                applyUnharmed(expected.entries(next, last));
            }
            int unconfirmed = delivered ? last + 1 : next;
            next = event < 4 ? random.nextInt(unconfirmed) + 1 : unconfirmed;
            disturbancesLeft--;
        }
        compareState(
                expected.length(),
                Finding.NOT_IDEMPOTENT,
                "after entries were delivered again from earlier LSNs, in order");
    }

    /** Lets the process end at some point of applying the entries: true if within the call, false if right after it. */
    private boolean endsWithin(List<LogEntry> entries) {
        crashes++;
        int looks = random.nextInt(CrashingList.looksOfALoop(entries.size()) + 2);
        try {
            applier.apply(new CrashingList(entries, looks));
            return false;
        } catch (SimulatedCrash crash) {
            return true;
        } catch (RuntimeException e) {
            if (SimulatedCrash.isCauseOf(e)) {
                return true;
            }
            throw failed(entries, e);
        }
    }

    private List<ApplyResult> applyUnharmed(List<LogEntry> entries) {
        try {
            return applier.apply(entries);
        } catch (RuntimeException e) {
            throw failed(entries, e);
        }
    }

    private BrokenRule failed(List<LogEntry> entries, RuntimeException e) {
        String which = "entries " + entries.get(0).lsn() + " to "
                + entries.get(entries.size() - 1).lsn();
        return new BrokenRule(
                Finding.APPLY_FAILED, "apply threw for " + which + " with lsn " + applied + " applied: " + e, e);
    }

    private void deliverOnce() {
        int crashesLeft = expected.length() / 3 + 3;
        while (applied < expected.length()) {
            int first = Math.max(1, applied + 1 - random.nextInt(LARGEST_OVERLAP));
            int last = Math.min(expected.length(), applied + 1 + random.nextInt(LARGEST_LIST));
            int event = random.nextInt(10);
            if (event < 3 && crashesLeft > 0) {
                crashesLeft--;
                crashWhileApplying(first, last);
            } else if (event == 3) {
                offerGap();
            } else if (event == 4 && applied > openedAt) {
                offerSecondHistory();
            } else {
                apply(first, last);
            }
        }
    }

    private void apply(int first, int last) {
        List<LogEntry> entries = expected.entries(first, last);
        int before = applied;
        List<ApplyResult> results = applyUnharmed(entries);
        applied = last;
        check(Finding.NOT_IDEMPOTENT, "after entries " + first + " to " + last + " with lsn " + before + " applied");
        expectResults(results, before);
        if (random.nextBoolean()) {
            results = applyUnharmed(entries);
            check(Finding.NOT_IDEMPOTENT, "after entries " + first + " to " + last + " came again");
            expectResults(results, last);
        }
    }

    private void expectResults(List<ApplyResult> found, int appliedBefore) {
        List<ApplyResult> wanted = expected.results().subList(appliedBefore, applied);
        if (!wanted.equals(found)) {
            throw new BrokenRule(
                    Finding.WRONG_RESULTS,
                    "new were " + wanted.size() + " entries from " + (appliedBefore + 1) + " on, with results " + wanted
                            + ", but the answer was " + found);
        }
    }

    private void crashWhileApplying(int first, int last) {
        boolean within = endsWithin(expected.entries(first, last));
        applier = AppliedHistory.open(opener, directory);
        int found = (int) applier.appliedLsn().value();
        if (found > last) {
            throw new BrokenRule(
                    Finding.POSITION_NOT_WITH_DATA, "opened at lsn " + found + ", but entries end at " + last);
        }
        applied = found;
        openedAt = found;
        String where = within ? "within" : "right after";
        check(
                Finding.POSITION_NOT_WITH_DATA,
                "opened after a crash " + where + " applying entries " + first + " to " + last);
    }

    private void offerGap() {
        if (applied + 2 > expected.length()) {
            return;
        }
        try {
            applier.apply(expected.entries(applied + 2, applied + 2));
        } catch (LsnGapException gap) {
            if (!gap.expected().equals(new Lsn(applied + 1L))) {
                throw new BrokenRule(
                        Finding.GAP_NOT_REFUSED,
                        "with lsn " + applied + " applied, entry " + (applied + 2) + " was refused by asking for "
                                + gap.expected());
            }
            check(Finding.GAP_NOT_REFUSED, "after a gap was refused");
            return;
        }
        throw new BrokenRule(
                Finding.GAP_NOT_REFUSED,
                "with lsn " + applied + " applied, entry " + (applied + 2) + " was taken without LsnGapException");
    }

    private void offerSecondHistory() {
        LogEntry other = Entries.otherAt(expected.log().get(applied - 1));
        try {
            applier.apply(List.of(other));
        } catch (LsnDivergenceException divergence) {
            check(Finding.DIVERGENCE_NOT_REFUSED, "after a second history was refused");
            return;
        }
        throw new BrokenRule(
                Finding.DIVERGENCE_NOT_REFUSED,
                "another entry at lsn " + applied + ", applied just before, was taken without LsnDivergenceException");
    }

    private void check(Finding finding, String when) {
        if (applier.appliedLsn().value() != applied) {
            throw new BrokenRule(
                    finding, when + " the applied lsn is " + applier.appliedLsn() + " instead of " + applied);
        }
        compareState(applied, finding, when);
    }

    private void compareState(int lsn, Finding finding, String when) {
        Object wanted = expected.states().get(lsn);
        Object found = state.apply(applier);
        if (!wanted.equals(found)) {
            throw new BrokenRule(finding, when + " the state at lsn " + lsn + " is " + found + " instead of " + wanted);
        }
    }
}
