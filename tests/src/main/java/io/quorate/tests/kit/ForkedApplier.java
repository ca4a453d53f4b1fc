package io.quorate.tests.kit;

import io.quorate.wal.log.EntryApplier;
import io.quorate.wal.log.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** What runs in the process that is killed: goes on applying a log from where the applier was. */
final class ForkedApplier {
    private static final int LARGEST_LIST = 8;

    private ForkedApplier() {}

    /** Arguments: class of the opener, directory of the applier, file of the log, file to make when it begins, seed. */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        EntryApplierCheck.Opener<?> opener = (EntryApplierCheck.Opener<?>) ForkedJvm.make(arguments[0]);
        EntryApplier applier = (EntryApplier) opener.open(Path.of(arguments[1]));
        List<LogEntry> log = Entries.read(Path.of(arguments[2]));
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[4]));
        Files.createFile(Path.of(arguments[3]));
        int next = (int) applier.appliedLsn().value();
        while (next < log.size()) {
            int end = Math.min(log.size(), next + 1 + random.nextInt(LARGEST_LIST));
            applier.apply(log.subList(next, end));
            next = end;
        }
    }
}
