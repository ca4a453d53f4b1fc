package io.quorate.tests.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.process.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's Java, as it stands: put into a program that gives its lines what they speak of, compiled, and run in a JVM of its own. (The
 * program around the first block, the whole host, is the README's own: {@code ReadmeTest} runs that.)
 */
class ReadmeCodeTest {
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    private static final String PROGRAM = """
            import io.quorate.statemachine.client.*;
            import io.quorate.statemachine.kv.*;
            import io.quorate.statemachine.kv.client.*;
            import io.quorate.statemachine.node.*;
            import io.quorate.statemachine.raft.*;
            import io.quorate.statemachine.raft.sync.*;
            import io.quorate.statemachine.rocksdb.*;
            import io.quorate.tests.kit.*;
            import io.quorate.topology.*;
            import io.quorate.wal.log.*;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.*;
            import org.apache.ratis.client.RaftClient;
            import org.apache.ratis.conf.*;
            import org.apache.ratis.grpc.GrpcConfigKeys;
            import org.apache.ratis.protocol.*;
            import org.apache.ratis.server.*;
            import org.apache.ratis.server.storage.RaftStorage;
            import org.junit.jupiter.api.Test;
            import org.slf4j.*;

            public class Program {
                static final Logger log = LoggerFactory.getLogger("readme");

                // ---- Test your apply function
                KIT

                static void keysAndValues(QuorateClient client) {
                    // ---- Keys and values
                    KV
                    System.out.println("apple is " + kv.get(Bytes.utf8("apple")).orElseThrow().value().utf8());
                }

                static RaftServer server(RaftPeerId peerId, RaftGroup group, RaftProperties properties,
                        io.quorate.topology.ShardDescriptor descriptor, RocksDbStateStoreFactory stores) throws Exception {
                    // ---- The state machine alone
                    DOOR
                    return server;
                }

                public static void main(String[] args) throws Exception {
                    new Program().tallyIsFitForReplication();
                    System.out.println("the kit passed it");
                    try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.lan())) {
                        host(args[0], stores);
                        door(args[1], stores);
                    }
                }

                static void host(String address, RocksDbStateStoreFactory stores) throws Exception {
                    try (QuorateNode node = new QuorateNode(NodeConfig.lan(new NodeId("n1"), address, Path.of("n1"), stores,
                                    ApplicationCatalog.of(List.of(KvApplication::new))));
                            ClusterAdmin admin = new ClusterAdmin(
                                    List.of(address), Optional.empty(), Duration.ofSeconds(60), System.err::println);
                            QuorateClient client =
                                    QuorateClient.create(ClientConfig.of(address).withTimeout(Duration.ofSeconds(60)))) {
                        admin.init(1);
                        admin.createShard(new ShardId("orders"), "kv", List.of(), 1);
                        keysAndValues(client);
                    }
                }

                static void door(String address, RocksDbStateStoreFactory stores) throws Exception {
                    RaftPeer peer = RaftPeer.newBuilder().setId("r1").setAddress(address).build();
                    RaftGroup group = RaftGroup.valueOf(RaftGroupId.valueOf(UUID.randomUUID()), peer);
                    RaftProperties properties = new RaftProperties();
                    RaftServerConfigKeys.setStorageDir(properties, List.of(Path.of("raft").toFile()));
                    GrpcConfigKeys.Server.setPort(properties, Integer.parseInt(address.split(":")[1]));
                    Peer self = new Peer(new io.quorate.topology.PeerId(new NodeId("r1"), new Incarnation(1)), address, Role.VOTER);
                    var shard = new io.quorate.topology.ShardDescriptor(new ClusterId(UUID.randomUUID()), new ShardId("fruit"),
                            Generation.FIRST, "tally", List.of(self));
                    try (RaftServer server = server(peer.getId(), group, properties, shard, stores)) {
                        server.start();
                        try (RaftClient client = RaftClient.newBuilder()
                                .setProperties(new RaftProperties()).setRaftGroup(group).build()) {
                            QuorateStateMachine.Answer answer = QuorateStateMachine.Answer.decode(
                                    client.io().send(Message.valueOf("apples")).getMessage());
                            System.out.println("apples: " + answer.value().utf8() + " at lsn " + answer.lsn().value());
                        }
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    /** The blocks of Java below a heading. */
    private static List<String> blocks(String heading) throws IOException {
        String text = Files.readString(Path.of("..", "README.md"));
        int begin = text.indexOf("\n" + heading + "\n");
        assertThat(begin).as(heading).isNotNegative();
        int end = text.indexOf("\n#", begin + heading.length() + 2);
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text.substring(begin, end < 0 ? text.length() : end));
        while (block.find()) {
            if (block.group(1).equals("java")) {
                blocks.add(block.group(2));
            }
        }
        return blocks;
    }

    @Test
    void everyBlockOfJavaIsCompiledAndRunAsItStands() throws Exception {
        List<String> embed = blocks("## Embed it");
        List<String> kit = blocks("### Test your apply function");
        assertThat(embed)
                .as("the host, keys and values, the state machine alone")
                .hasSize(3);
        assertThat(kit).hasSize(1);
        Path host = Files.writeString(directory.resolve("Tally.java"), embed.get(0));
        Path program = Files.writeString(
                directory.resolve("Program.java"),
                imports(kit.get(0))
                        + PROGRAM.replace("KIT\n", withoutImports(kit.get(0)))
                                .replace("KV\n", embed.get(1))
                                .replace("DOOR\n", embed.get(2)));
        compile(host, program);
        List<Integer> ports = FreePorts.pick(2);
        assertThat(run("Program", "127.0.0.1:" + ports.get(0), "127.0.0.1:" + ports.get(1)))
                .contains("the kit passed it", "apple is 4", "apples: 1 at lsn 1");
    }

    private static String imports(String block) {
        return block.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String withoutImports(String block) {
        return block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private void compile(Path... sources) {
        List<String> arguments = new ArrayList<>(List.of("-cp", classPath(), "-d", directory.toString()));
        for (Path source : sources) {
            arguments.add(source.toString());
        }
        ByteArrayOutputStream problems = new ByteArrayOutputStream();
        int compiled =
                ToolProvider.getSystemJavaCompiler().run(null, problems, problems, arguments.toArray(String[]::new));
        assertThat(compiled).as(problems.toString(StandardCharsets.UTF_8)).isZero();
    }

    private String run(String main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath() + File.pathSeparator + directory,
                main));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended").isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
