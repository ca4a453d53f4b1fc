package io.quorate.cli.command;

import io.quorate.statemachine.client.QuorateClient;
import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvEntry;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.kv.KvResult;
import io.quorate.statemachine.kv.client.KvClient;
import io.quorate.statemachine.kv.client.KvDecision;
import io.quorate.statemachine.kv.client.KvWritten;
import io.quorate.topology.ShardDescriptor;
import io.quorate.wal.log.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keys and values of a shard with application kv. */
@Command(
        name = "kv",
        description = {
            "Reads and writes keys of a shard whose application is 'kv'.",
            "",
            "Keys and values are UTF-8 text here. Unless told otherwise, reads are linearizable, and a write is durable on a majority "
                    + "when it is answered.",
            "",
            "A command that writes is a client of its own: it opens a writer session and closes it, which are entries of the log, too. "
                    + "So one put takes three LSNs; a program's client opens one session for all that it writes."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate kv put orders k1 v1",
            "  quorate kv get orders k1",
            "  quorate kv cas orders k1 --expect v1 --set v2",
            "  quorate kv scan orders --prefix k"
        },
        subcommands = {
            KvCommand.Put.class,
            KvCommand.Get.class,
            KvCommand.Delete.class,
            KvCommand.Cas.class,
            KvCommand.Scan.class
        })
final class KvCommand extends CommandGroup {
    /** What they have in common. */
    abstract static class OnShard extends OnOneShard implements Callable<Integer> {
        abstract ExitCode run(KvClient client, Output out);

        void check(ShardDescriptor found) {
            ShardKinds.require(found, KvApplication.NAME);
        }

        @Override
        public Integer call() {
            ShardDescriptor found = cluster().find(output()::progress, shard());
            check(found);
            try (QuorateClient client = cluster().client(found)) {
                return run(KvClient.of(client.shard(shard())), output()).status();
            }
        }
    }

    /** What writes have in common. */
    abstract static class OfWriter extends OnShard {
        @Mixin
        private WriteOptions write;

        @Parameters(index = "1", paramLabel = "KEY", converter = Converters.Text.class, description = "The key.")
        private String key;

        KvClient writer(KvClient client) {
            return write.apply(client);
        }

        String key() {
            return key;
        }

        @Override
        void check(ShardDescriptor found) {
            ShardKinds.requireWritable(found, KvApplication.NAME);
        }
    }

    /** Puts. */
    @Command(
            name = "put",
            description = "Sets a key to a value.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  quorate kv put orders k1 v1", "  quorate kv put orders k1 v1 --concern all"})
    static final class Put extends OfWriter {
        @Parameters(index = "2", paramLabel = "VALUE", description = "The value.")
        private String value;

        @Override
        ExitCode run(KvClient client, Output out) {
            return WriteOptions.print(writer(client).put(Bytes.utf8(key()), Bytes.utf8(value)), out);
        }
    }

    /** Gets. */
    @Command(
            name = "get",
            description = "Prints the value of a key; exits with 6 if there is none.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  quorate kv get orders k1",
                "  quorate kv get orders k1 --consistency bounded=1s --read-from secondary-preferred"
            })
    static final class Get extends OnShard {
        @Mixin
        private ReadOptions read;

        @Parameters(index = "1", paramLabel = "KEY", converter = Converters.Text.class, description = "The key.")
        private String key;

        @Override
        ExitCode run(KvClient client, Output out) {
            KvEntry entry = read.apply(client)
                    .get(Bytes.utf8(key))
                    .orElseThrow(() -> new CommandFailure(ExitCode.NOT_FOUND, "no key '" + key + "'"));
            out.print(json(entry), entry.value().utf8());
            return ExitCode.OK;
        }
    }

    /** Deletes. */
    @Command(
            name = "delete",
            description = "Removes a key; a no-op if there is none.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  quorate kv delete orders k1")
    static final class Delete extends OfWriter {
        @Override
        ExitCode run(KvClient client, Output out) {
            return WriteOptions.print(writer(client).delete(Bytes.utf8(key())), out);
        }
    }

    /** Compares and sets. */
    @Command(
            name = "cas",
            description = {
                "Sets or removes a key only if its value is what is expected.",
                "",
                "Exits with 3 and prints the actual value if it is not; nothing has changed then."
            },
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  quorate kv cas orders k1 --expect v1 --set v2",
                "  quorate kv cas orders k1 --expect-absent --set v1",
                "  quorate kv cas orders k1 --expect v2 --remove"
            })
    static final class Cas extends OfWriter {
        @CommandLine.ArgGroup(multiplicity = "1")
        private Expectation expectation;

        @CommandLine.ArgGroup(multiplicity = "1")
        private Update update;

        /** Value or absence. */
        static final class Expectation {
            @Option(names = "--expect", paramLabel = "VALUE", required = true, description = "The value it must have.")
            private String value;

            @Option(names = "--expect-absent", required = true, description = "It must not exist.")
            private boolean absent;
        }

        /** Value or removal. */
        static final class Update {
            @Option(names = "--set", paramLabel = "VALUE", required = true, description = "The new value.")
            private String value;

            @Option(names = "--remove", required = true, description = "Remove it.")
            private boolean remove;
        }

        @Override
        ExitCode run(KvClient client, Output out) {
            KvDecision decision = writer(client)
                    .compareAndSet(
                            Bytes.utf8(key()),
                            expectation.absent ? Optional.empty() : Optional.of(Bytes.utf8(expectation.value)),
                            update.remove ? Optional.empty() : Optional.of(Bytes.utf8(update.value)));
            if (decision.failure().isPresent()) {
                throw new CommandFailure(
                        ExitCode.REFUSED,
                        decision.failure()
                                .get()
                                .actual()
                                .map(entry -> "the value of '" + key() + "' is '"
                                        + entry.value().utf8() + "'")
                                .orElse("there is no key '" + key() + "'"));
            }
            return WriteOptions.print(new KvWritten(Optional.of(decision.lsn()), decision.missing()), out);
        }
    }

    /** Scans. */
    @Command(
            name = "scan",
            description = "Prints keys and values in key order.",
            mixinStandardHelpOptions = true,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  quorate kv scan orders --prefix k --limit 100", "  quorate kv scan orders --json"})
    static final class Scan extends OnShard {
        @Mixin
        private ReadOptions read;

        @Option(
                names = "--prefix",
                paramLabel = "TEXT",
                defaultValue = "",
                description = "Only keys that begin with it. Default: all keys")
        private String prefix;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "1000",
                converter = Converters.Count.class,
                description = "How many keys at most. Default: ${DEFAULT-VALUE} keys")
        private int limit;

        @Override
        ExitCode run(KvClient client, Output out) {
            List<KvEntry> entries = new ArrayList<>();
            Optional<KvQuery.Range> rest = Optional.of(KvQuery.prefix(Bytes.utf8(prefix)));
            while (rest.isPresent() && entries.size() < limit) {
                KvQuery.Range range = rest.get().withLimit(Math.min(limit - entries.size(), KvQuery.MAX_LIMIT));
                KvResult.Page page = read.apply(client).page(range);
                entries.addAll(page.entries());
                rest = page.next().map(range::continueAt);
            }
            StringBuilder text = new StringBuilder();
            entries.forEach(entry -> text.append(entry.key().utf8())
                    .append('\t')
                    .append(entry.value().utf8())
                    .append(System.lineSeparator()));
            boolean more = rest.isPresent();
            out.print(
                    Map.of("entries", entries.stream().map(KvCommand::json).toList(), "more", more),
                    text + (more ? "(more; raise --limit)" : "(" + Amount.entries(entries.size()) + ")"));
            return ExitCode.OK;
        }
    }

    private static Map<String, Object> json(KvEntry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        JsonText.put(json, "key", entry.key());
        JsonText.put(json, "value", entry.value());
        json.put("version", entry.version());
        return json;
    }
}
