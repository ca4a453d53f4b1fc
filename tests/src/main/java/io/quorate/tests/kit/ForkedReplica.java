package io.quorate.tests.kit;

import io.quorate.statemachine.app.Application;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.Bytes;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What runs in the other JVM: applies the histories of a file and writes what it saw into another. */
final class ForkedReplica {
    private ForkedReplica() {}

    /** Arguments: class of the application, file of histories, file to write. */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        Path output = Path.of(arguments[2]);
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(output)))) {
            for (History history : AnotherJvm.readHistories(Path.of(arguments[1]))) {
                Application application = (Application) ForkedJvm.make(arguments[0]);
                AnotherJvm.write(apply(history, application), out);
            }
        }
    }

    private static AnotherJvm.Seen apply(History history, Application application) {
        List<List<AppendOutcome>> all = new ArrayList<>();
        ReplicaRun.Observer observer = new ReplicaRun.Observer() {
            @Override
            public void answered(int batch, List<AppendOutcome> outcomes) {
                all.add(outcomes);
            }

            @Override
            public void stored(int batch, Map<Bytes, Bytes> state) {
                // Only the state at the end is sent back.
            }
        };
        try (ReplicaRun run = new ReplicaRun(
                history, new MemoryStateStores(), Path.of("forked"), () -> new GuardedApplication(application))) {
            run.undisturbed(observer);
            return new AnotherJvm.Seen(all, run.state());
        }
    }
}
