package io.quorate.cli.bench;

import io.quorate.cli.bench.system.LaunchSettings;
import io.quorate.cli.bench.system.LoadTarget;
import io.quorate.cli.bench.system.RunningSystem;
import io.quorate.cli.bench.system.ServerProcess;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A system of this process that answers a little later; notes what is done with it. */
final class InMemorySystem implements SystemUnderTest {
    final List<String> events = new ArrayList<>();

    @Override
    public String name() {
        return "in-memory";
    }

    @Override
    public String description() {
        return "answers after 1 ms";
    }

    @Override
    public RunningSystem start(LaunchSettings settings) throws IOException {
        String name = settings.directory().getFileName().toString().replaceAll("-\\d+$", "");
        events.add("start in " + name + " " + settings.jvmArgs());
        Files.createDirectory(settings.directory());
        return new RunningSystem() {
            @Override
            public LoadTarget connect(int index) {
                events.add("connect " + index);
                return new Target(index);
            }

            @Override
            public List<ServerProcess> servers() {
                return List.of();
            }

            @Override
            public Optional<String> leader() {
                return Optional.empty();
            }

            @Override
            public void close() {
                events.add("stop");
                settings.directory().toFile().delete();
            }
        };
    }

    private final class Target implements LoadTarget {
        private final int index;

        Target(int index) {
            this.index = index;
        }

        @Override
        public CompletableFuture<Void> append(int writer, long sequence, byte[] value) {
            return new CompletableFuture<Void>().completeOnTimeout(null, 1, TimeUnit.MILLISECONDS);
        }

        @Override
        public CompletableFuture<Void> read(int reader, long sequence) {
            return append(reader, sequence, new byte[0]);
        }

        @Override
        public void close() {
            events.add("close " + index);
        }
    }
}
