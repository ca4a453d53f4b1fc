package io.quorate.tests.contract;

import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Committed;
import io.quorate.wal.log.AppendOutcome.Indeterminate;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogEntry;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogSlice;
import io.quorate.wal.log.LogStatus;
import io.quorate.wal.log.Lsn;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.Ordering;
import io.quorate.wal.log.ReadConsistency;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.ReplicatedLog;
import io.quorate.wal.log.SliceLimits;
import io.quorate.wal.log.WriteConcern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A log that breaks one promise of the contract and keeps the others. */
class FaultyLog implements ReplicatedLog {
    /** What it does wrong, and which test of the contract is there to see it. */
    enum Fault {
        LEAVES_GAPS(ReplicatedLogContract::givesDenseLsnsInTheOrderOfAppending) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    AppendOutcome ended(AppendOutcome outcome) {
                        return outcome instanceof Committed committed
                                ? new Committed(
                                        new Lsn(committed.lsn().value() * 2), committed.result(), committed.missing())
                                : outcome;
                    }
                };
            }
        },
        APPLIES_A_RETRY_AGAIN(ReplicatedLogContract::appliesARetryOnceAndAnswersItTheSame) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return withoutSessions(log);
            }
        },
        APPENDS_WITHOUT_A_SESSION(ReplicatedLogContract::refusesTheRecordOfASessionThatIsNotOpen) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return withoutSessions(log);
            }
        },
        READS_WHAT_WAS_BEFORE(
                ReplicatedLogContract::aLinearizableBarrierOnEveryReplicaCoversWhatWasAcknowledgedBefore) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                Lsn before = new Lsn(log.status().applied().value() - 1);
                return new FaultyLog(log) {
                    @Override
                    public CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
                        return CompletableFuture.completedFuture(before);
                    }
                };
            }
        },
        GOES_BACK(ReplicatedLogContract::boundedAndEventualBarriersKeepTheirPromisesOnEveryReplica) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    public CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
                        return CompletableFuture.completedFuture(Lsn.ZERO);
                    }
                };
            }
        },
        REJECTS_WHAT_MAY_STILL_COME_ABOUT(
                ReplicatedLogContract::whatALeaderOfNobodyTookIsUndecidedByItsDeadlineAndItServesOldReadsOnly) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    AppendOutcome ended(AppendOutcome outcome) {
                        return outcome instanceof Indeterminate unknown
                                ? new Rejected(RejectReason.DEADLINE, unknown.message())
                                : outcome;
                    }
                };
            }
        },
        LETS_FOLLOWERS_APPEND(ReplicatedLogContract::aReplicaThatDoesNotLeadRefusesAppendsAndChangesOfMembers) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    public CompletableFuture<AppendOutcome> append(
                            LogRecord record, WriteConcern concern, Duration timeout) {
                        return leader.get().append(record, concern, timeout);
                    }
                };
            }
        },
        FAILS_WITH_AN_EXCEPTION(ReplicatedLogContract::refusesWhatIsTooLarge) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    AppendOutcome ended(AppendOutcome outcome) {
                        if (outcome instanceof Rejected rejected) {
                            throw new IllegalStateException(rejected.message());
                        }
                        return outcome;
                    }
                };
            }
        },
        SHOWS_ENTRIES_TWICE(ReplicatedLogContract::readsBackByLsnWhatWasAppliedTheSameOnEveryReplicaAndHidesItsOwn) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    LogSlice read(LogSlice slice) {
                        List<LogEntry> twice = new ArrayList<>(slice.entries());
                        twice.addAll(slice.entries());
                        return new LogSlice(twice, slice.next());
                    }
                };
            }
        },
        KNOWS_NO_BOUNDS(ReplicatedLogContract::aSliceIsBoundedAndSaysWhereToGoOn) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log) {
                    @Override
                    public CompletableFuture<LogSlice> tail(Lsn from, SliceLimits limits, Duration wait) {
                        return super.tail(from, SliceLimits.DEFAULT, wait);
                    }
                };
            }
        },
        DOES_NOT_CLOSE(ReplicatedLogContract::answersEverythingAfterItWasClosed) {
            @Override
            ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader) {
                return new FaultyLog(log);
            }
        };

        private final Consequence consequence;

        Fault(Consequence consequence) {
            this.consequence = consequence;
        }

        abstract ReplicatedLog of(ReplicatedLog log, Supplier<ReplicatedLog> leader);

        /** Must fail. */
        void runTestOf(ReplicatedLogContract contract) {
            consequence.on(contract);
        }

        private static ReplicatedLog withoutSessions(ReplicatedLog log) {
            return new FaultyLog(log) {
                @Override
                public CompletableFuture<AppendOutcome> append(
                        LogRecord record, WriteConcern concern, Duration timeout) {
                    LogRecord anonymous = record.kind() == EntryKind.USER
                            ? LogRecord.sessionless(EntryKind.USER, record.payload())
                            : record;
                    return super.append(anonymous, concern, timeout);
                }
            };
        }
    }

    private interface Consequence {
        void on(ReplicatedLogContract contract);
    }

    private final ReplicatedLog log;

    FaultyLog(ReplicatedLog log) {
        this.log = log;
    }

    AppendOutcome ended(AppendOutcome outcome) {
        return outcome;
    }

    LogSlice read(LogSlice slice) {
        return slice;
    }

    @Override
    public ShardDescriptor descriptor() {
        return log.descriptor();
    }

    @Override
    public Ordering ordering() {
        return log.ordering();
    }

    @Override
    public CompletableFuture<AppendOutcome> append(LogRecord record, WriteConcern concern, Duration timeout) {
        return log.append(record, concern, timeout).thenApply(this::ended);
    }

    @Override
    public CompletableFuture<Lsn> readBarrier(ReadConsistency consistency, Duration timeout) {
        return log.readBarrier(consistency, timeout);
    }

    @Override
    public CompletableFuture<LogSlice> tail(Lsn from, SliceLimits limits, Duration wait) {
        return log.tail(from, limits, wait).thenApply(this::read);
    }

    @Override
    public LogStatus status() {
        return log.status();
    }

    @Override
    public Membership membership() {
        return log.membership();
    }

    @Override
    public void close() {
        // whoever closes it believes so
    }
}
