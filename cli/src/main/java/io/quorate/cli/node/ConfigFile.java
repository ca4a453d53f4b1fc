package io.quorate.cli.node;

import io.quorate.cli.tls.TlsException;
import io.quorate.cli.tls.TlsMaterial;
import io.quorate.statemachine.raft.TlsFiles;
import io.quorate.topology.NodeId;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The YAML file of a node. {@code config/node.yaml} in the source tree shows every setting. Relative paths in it start at its own
 * directory.
 */
public final class ConfigFile {
    private final Path base;
    private final List<ConfigProblem> problems = new ArrayList<>();

    private ConfigFile(Path base) {
        this.base = base;
    }

    /**
     * Reads and checks a file, including the certificates that it names.
     *
     * @throws ConfigException naming every problem and its line
     */
    public static DaemonConfig read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file.toString(), List.of(new ConfigProblem(0, "there is no such file")));
        } catch (CharacterCodingException e) {
            throw new ConfigException(file.toString(), List.of(new ConfigProblem(0, "is not UTF-8 text")));
        } catch (IOException e) {
            throw new ConfigException(
                    file.toString(), List.of(new ConfigProblem(0, "cannot be read: " + e.getMessage())));
        }
        return parse(file, text);
    }

    /** Line of a setting at the top level of a file that {@link #read} took; 0 if it is not there. */
    public static int lineOf(Path file, String setting) throws IOException {
        YamlValue.Entry entry = YamlReader.read(file.toString(), Files.readString(file))
                .entries()
                .get(setting);
        return entry == null ? 0 : entry.line();
    }

    /** The same for a text; {@code file} is what messages name and where relative paths start. */
    static DaemonConfig parse(Path file, String text) {
        Path base = file.toAbsolutePath().normalize().getParent();
        ConfigFile reader = new ConfigFile(base);
        ConfigSection root = new ConfigSection("", YamlReader.read(file.toString(), text), reader.problems);
        Optional<DaemonConfig> config = reader.config(root);
        if (!reader.problems.isEmpty() || config.isEmpty()) {
            reader.problems.sort(Comparator.comparingInt(ConfigProblem::line));
            throw new ConfigException(file.toString(), reader.problems);
        }
        return config.get();
    }

    private Optional<DaemonConfig> config(ConfigSection root) {
        Optional<ConfigSection> tlsSection = root.section("tls");
        boolean allowAnybody = tlsSection
                .flatMap(section -> section.optional("allowAnybody", ConfigFile::yesOrNo))
                .orElse(false);
        Optional<TlsFiles> tls = tlsSection.flatMap(this::tls);
        Function<String, ListenAddress> address =
                tlsSection.isPresent() ? ConfigFile::bindable : text -> DaemonConfig.requireLoopback(bindable(text));
        boolean open = tls.filter(files -> !files.mutual()).isPresent() && !allowAnybody;
        Optional<NodeId> node = root.required("node", "the name of this node, for example n1", NodeId::new);
        Optional<ListenAddress> listen = root.required(
                "listen",
                "host:port for other nodes and clients, for example 127.0.0.1:7001",
                open ? text -> DaemonConfig.requireMutual(bindable(text)) : address);
        Optional<ListenAddress> advertise = advertise(root, listen);
        Optional<Path> data =
                root.required("dataDirectory", "where this node keeps everything; there is no default", base::resolve);
        Optional<ListenAddress> http = root.optional(
                "http",
                text -> listen.isPresent()
                        ? DaemonConfig.requireOther(address.apply(text), listen.get())
                        : address.apply(text));
        Preset preset = root.optional("preset", Preset::parse).orElse(Preset.LAN);
        long memory = root.optional("memory", SizeText.within(DaemonConfig.LEAST_MEMORY, DaemonConfig.MOST_MEMORY))
                .orElse(DaemonConfig.DEFAULT_MEMORY);
        long reserve = root.optional(
                        "diskReserve", SizeText.within(DaemonConfig.LEAST_RESERVE, DaemonConfig.MOST_RESERVE))
                .orElse(DaemonConfig.DEFAULT_RESERVE);
        Duration drain = root.optional("drain", DurationText.within(DaemonConfig.LEAST_DRAIN, DaemonConfig.MOST_DRAIN))
                .orElse(DaemonConfig.DEFAULT_DRAIN);
        Limits limits = root.section("limits")
                .flatMap(section -> limits(section, preset))
                .orElse(preset.limits());
        Checkpoints checkpoints =
                root.section("checkpoint").map(this::checkpoints).orElse(Checkpoints.DEFAULT);
        root.refuseTheRest();
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DaemonConfig(
                node.orElseThrow(),
                listen.orElseThrow(),
                advertise.orElseThrow(),
                data.orElseThrow().normalize(),
                http,
                preset,
                tls,
                allowAnybody,
                limits,
                checkpoints,
                memory,
                reserve,
                drain));
    }

    private static ListenAddress bindable(String text) {
        ListenAddress address = ListenAddress.parse(text);
        address.resolve();
        return address;
    }

    private static Optional<ListenAddress> advertise(ConfigSection root, Optional<ListenAddress> listen) {
        Optional<ListenAddress> given =
                root.optional("advertise", text -> DaemonConfig.requireReachable(ListenAddress.parse(text)));
        if (given.isEmpty() && listen.isPresent()) {
            try {
                return Optional.of(DaemonConfig.requireReachable(listen.get()));
            } catch (IllegalArgumentException e) {
                root.problem(root.lineOf("listen"), "'listen': " + e.getMessage());
            }
        }
        return given;
    }

    private Optional<TlsFiles> tls(ConfigSection section) {
        Optional<Path> certificate =
                section.required("certificate", "PEM file with this node's certificate chain", base::resolve);
        Optional<Path> key = section.required("key", "PEM file with the certificate's private key", base::resolve);
        Optional<Path> ca = section.required("ca", "PEM file with the certificates to trust", base::resolve);
        boolean mutual = section.optional("mutual", ConfigFile::yesOrNo).orElse(true);
        section.refuseTheRest();
        if (certificate.isEmpty() || key.isEmpty() || ca.isEmpty()) {
            return Optional.empty();
        }
        TlsFiles files = new TlsFiles(certificate.get(), key.get(), ca.get(), mutual);
        try {
            TlsMaterial.load(files);
        } catch (TlsException e) {
            section.problem(section.lineOf(e.part().toString()), "'tls." + e.part() + "': " + e.getMessage());
        }
        return Optional.of(files);
    }

    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private Optional<Limits> limits(ConfigSection section, Preset preset) {
        Limits or = preset.limits();
        long entry = section.optional("entrySize", SizeText.within(Limits.LEAST_ENTRY, preset.mostEntryBytes()))
                .orElse(or.entryBytes());
        int entries = section.optional("queueEntries", ConfigFile::queueEntries).orElse(or.queueEntries());
        long queue = section.optional("queueSize", SizeText.within(Limits.LEAST_QUEUE, Limits.MOST_QUEUE))
                .orElse(or.queueBytes());
        section.refuseTheRest();
        try {
            return Optional.of(new Limits(entry, entries, queue));
        } catch (IllegalArgumentException e) {
            section.problem(section.lineOf("queueSize"), e.getMessage());
            return Optional.empty();
        }
    }

    private static int queueEntries(String text) {
        if (!text.matches("\\d{1,7}")
                || Integer.parseInt(text) < Limits.LEAST_QUEUE_ENTRIES
                || Integer.parseInt(text) > Limits.MOST_QUEUE_ENTRIES) {
            throw new IllegalArgumentException("'" + text + "' is not a number within " + Limits.LEAST_QUEUE_ENTRIES
                    + " and " + Limits.MOST_QUEUE_ENTRIES);
        }
        return Integer.parseInt(text);
    }

    private Checkpoints checkpoints(ConfigSection section) {
        Checkpoints or = Checkpoints.DEFAULT;
        Duration interval = section.optional(
                        "interval", DurationText.within(Checkpoints.LEAST_INTERVAL, Checkpoints.MOST_INTERVAL))
                .orElse(or.interval());
        long log = section.optional("logSize", SizeText.within(Checkpoints.LEAST_LOG, Checkpoints.MOST_LOG))
                .orElse(or.logBytes());
        section.refuseTheRest();
        return new Checkpoints(interval, log);
    }
}
