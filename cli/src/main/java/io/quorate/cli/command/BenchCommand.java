package io.quorate.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures; by itself only says what there is. */
@Command(
        name = "bench",
        description = {
            "Measures appends, reads or failover on three servers that it starts on this machine, and stops.",
            "",
            "Each run warms up until throughput is steady (and says so when it never was), then measures. With --baseline bare"
                    + " Ratis runs under the same load in turn, so that ratios hold on a noisy machine, too.",
            "",
            "Systems (--system), each with three server processes that write to disk:",
            "  quorate         Quorate as it comes, application kv applying to RocksDB",
            "  ratis-defaults  bare Apache Ratis, its defaults, and nothing applied",
            "  ratis-tuned     the same, with settings that make small writes faster",
            "--baseline measures the two ratis-* besides the system, twice each, and prints the ratios to them."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  quorate bench append --clients 256 --baseline --json bench.json --html bench.html",
            "  quorate bench read --clients 64 --outstanding 16",
            "  quorate bench failover --disturbance kill --rounds 20"
        },
        subcommands = {BenchCommand.Append.class, BenchCommand.Read.class, BenchFailoverCommand.class})
public final class BenchCommand extends CommandGroup {
    /** Appends. */
    @Command(
            name = "append",
            description = {
                "Measures durable appends: acknowledged when a majority has them on disk.",
                "",
                "Prints a table; --json prints or writes the same and more as one object, --html as a page with charts."
            },
            mixinStandardHelpOptions = true,
            sortOptions = false,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  quorate bench append --clients 256 --baseline",
                "  quorate bench append --clients 1 --mode blocking",
                "  quorate bench append --mode open --rate 5000 --clients 1000 --html open.html",
                "  quorate bench append --clients 256 --connections 256",
                "  quorate bench append --clients 8 --value-bytes 1048576",
                "  quorate bench append --clients 256 --shards 100 --preset many-shards",
                "  quorate bench append --clients 256 --outstanding 32 --baseline --baseline-pack 1024 --baseline-clients 8"
            })
    static final class Append implements Runnable {
        @Mixin
        private BenchArguments arguments;

        @Override
        public void run() {
            arguments.measureAppends();
        }
    }

    /** Reads. */
    @Command(
            name = "read",
            description = {
                "Measures reads of 100,000 keys that it writes before: linearizable and on the leader unless told otherwise.",
                "",
                "--consistency and --read-from are those of 'quorate kv get': '--read-from secondary' are linearizable reads on"
                        + " followers. Bare Ratis reads as its leader answers, without a check."
            },
            mixinStandardHelpOptions = true,
            sortOptions = false,
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  quorate bench read --clients 64 --outstanding 16",
                "  quorate bench read --clients 64 --mode blocking",
                "  quorate bench read --clients 64 --read-from secondary",
                "  quorate bench read --clients 64 --read-from nearest --consistency bounded=2s"
            })
    static final class Read implements Runnable {
        @Mixin
        private BenchArguments arguments;

        @Mixin
        private ReadOptions reads;

        @Override
        public void run() {
            arguments.measureReads(reads.consistency(), reads.preference());
        }
    }
}
