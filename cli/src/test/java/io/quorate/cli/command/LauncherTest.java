package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the real script in a copy of the source tree's outline, under a path with spaces. In place of Maven it finds a script
 * that puts a jar where the build would put it; the jar's class path is that of this test.
 */
class LauncherTest {
    @TempDir
    private Path temp;

    private Path root;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void copyTree() throws IOException {
        root = Files.createDirectories(temp.resolve("a source tree"));
        Files.copy(Path.of("..", "quorate"), root.resolve("quorate"));
        executable(root.resolve("quorate"));
        Files.createDirectories(root.resolve("cli/src/main/java"));
        Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.writeString(root.resolve("cli/pom.xml"), "<project/>");
        Files.writeString(root.resolve("cli/src/main/java/A.java"), "class A {}");
        makeJar(temp.resolve("built.jar"));
        Path maven = Files.writeString(
                temp.resolve("fake-mvn"), """
                #!/bin/sh
                set -e
                mkdir -p '%1$s/cli/target/lib'
                cp '%2$s' '%1$s/cli/target/quorate-cli-1.0.jar'
                cp '%2$s' '%1$s/cli/target/lib/quorate-wal-1.0.jar'
                cp '%2$s' '%1$s/cli/target/lib/other-1.0.jar'
                echo run >> '%3$s'
                """.formatted(root, temp.resolve("built.jar"), temp.resolve("runs")));
        executable(maven);
        environment.put("QUORATE_MVN", maven.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("QUORATE_ARCHIVE", "no");
        age(Duration.ofHours(1));
    }

    @Test
    void firstUseBuildsAndSaysSoAndTheSecondDoesNot() throws Exception {
        CommandRun first = launch("--version");
        assertThat(first.status()).isZero();
        assertThat(first.err()).contains("first use, building", "built");
        assertThat(first.out()).startsWith("quorate ");

        CommandRun second = launch("--version");
        assertThat(second.status()).isZero();
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void aBuildKeepsTheClassesOfAShortLifeOfAClusterForTheNextStart() throws Exception {
        environment.remove("QUORATE_ARCHIVE");
        CommandRun first = launch("--version");
        assertThat(first.status()).isZero();
        Path build = root.resolve("target/dist/1");
        assertThat(build.resolve("rehearsal")).doesNotExist();
        if (first.err().contains("no archive of classes was made")) { // a minute was not enough
            assertThat(root.resolve("target/dist/rehearsal.log")).isNotEmptyFile();
            assertThat(build.resolve("quorate.jsa")).doesNotExist();
        } else {
            assertThat(build.resolve("quorate.jsa")).isNotEmptyFile();
        }
        assertThat(launch("--version").out()).isEqualTo(first.out());
    }

    @Test
    void aBuildWithoutAnArchiveSaysSoAndWorks() throws Exception {
        environment.remove("QUORATE_ARCHIVE");
        String java = System.getProperty("java.home") + "/bin/java";
        Path bin = Files.createDirectories(temp.resolve("jdk/bin"));
        executable(Files.writeString(bin.resolve("javac"), "#!/bin/sh\n"));
        executable(Files.writeString(bin.resolve("java"), """
                #!/bin/sh
                case "$*" in *Rehearsal*) echo 'no room'; exit 1 ;; esac
                exec '%s' "$@"
                """.formatted(java)));
        environment.put("JAVA_HOME", bin.getParent().toString());
        CommandRun run = launch("--version");
        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("no archive of classes was made", "rehearsal.log");
        assertThat(root.resolve("target/dist/rehearsal.log")).hasContent("no room");
        assertThat(root.resolve("target/dist/1/quorate.jsa")).doesNotExist();
    }

    @Test
    void changedOrDeletedSourcesAreBuiltAgainBesideTheBuildInUse() throws Exception {
        launch("--version");
        Path source = root.resolve("cli/src/main/java/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(launch("--version").err()).contains("the sources have changed");
        assertThat(builds()).isEqualTo(2);
        assertThat(root.resolve("target/dist/1/quorate.jar")).exists();
        assertThat(root.resolve("target/dist/2/lib/quorate-wal-1.0.jar")).exists();

        age(Duration.ofHours(1));
        Files.delete(source);
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(launch("--version").err()).contains("the sources have changed");
        assertThat(root.resolve("target/dist/1")).doesNotExist();
        assertThat(root.resolve("target/dist/2")).exists();
    }

    @Test
    void anArchiveOfClassesIsUsedAndOneThatIsBrokenDoesNoHarm() throws Exception {
        CommandRun first = launch("--version");
        Path archive = Files.writeString(root.resolve("target/dist/1/quorate.jsa"), "no archive");
        assertThat(launch("--version").out()).isEqualTo(first.out());

        Path recording = Files.createDirectories(temp.resolve("recording jdk/bin"));
        Files.writeString(recording.getParent().resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        executable(Files.writeString(recording.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"));
        environment.put("JAVA_HOME", recording.getParent().toString());
        assertThat(launch("--version").out().lines()).contains("-XX:SharedArchiveFile=" + archive, "-Xshare:auto");
        assertThat(launch("status").out()).contains("-XX:TieredStopAtLevel=1");
        assertThat(launch("node", "--config", "f").out())
                .as("what runs for long needs both compilers")
                .doesNotContain("TieredStopAtLevel");
    }

    @Test
    void exitStatusAndArgumentsPassThroughAndALinkWorks() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("q"), root.resolve("quorate"));
        CommandRun run = run(link, "no such command");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("no such command");
    }

    /** The demonstration feeds the sources that it was started from. */
    @Test
    void theCommandIsToldWhereTheSourceTreeLies() throws Exception {
        launch("--version");
        Path telling = Files.createDirectories(temp.resolve("telling jdk/bin"));
        Files.writeString(telling.getParent().resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        executable(Files.writeString(telling.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$QUORATE_HOME\"\n"));
        environment.put("JAVA_HOME", telling.getParent().toString());
        Path link = Files.createSymbolicLink(temp.resolve("q"), root.resolve("quorate"));
        assertThat(run(link, "demo").out().lines())
                .containsExactly(root.toRealPath().toString());
    }

    @Test
    void aFailedBuildIsReportedWithTheEndOfItsOutput() throws Exception {
        Path broken = Files.writeString(temp.resolve("broken"), "#!/bin/sh\necho 'A.java:1: nonsense'\nexit 1\n");
        executable(broken);
        environment.put("QUORATE_MVN", broken.toString());
        CommandRun run = launch("--version");
        assertThat(run.status()).isEqualTo(ExitCode.FAILED.status());
        assertThat(run.err()).contains("A.java:1: nonsense", "the build failed", "build.log");
        assertThat(root.resolve("target/dist/lock")).doesNotExist();
    }

    @Test
    void missingMavenIsNamed() throws Exception {
        environment.put("QUORATE_MVN", "no-such-maven -o");
        CommandRun run = launch("--version");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("no no-such-maven found", "install Maven");
    }

    @Test
    void aJavaOlderThan17IsRefused() throws Exception {
        Path old = Files.createDirectories(temp.resolve("jdk 11/bin"));
        Files.writeString(old.getParent().resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        executable(Files.writeString(old.resolve("java"), "#!/bin/sh\nexit 1\n"));
        environment.put("JAVA_HOME", old.getParent().toString());
        CommandRun run = launch("--version");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("is Java 11.0.2: 17 or newer is needed");
        assertThat(builds()).isZero();
    }

    @Test
    void aJavaHomeWithoutJavaIsRefused() throws Exception {
        environment.put("JAVA_HOME", temp.resolve("nowhere").toString());
        CommandRun run = launch("--version");
        assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
        assertThat(run.err()).contains("JAVA_HOME is " + temp.resolve("nowhere"), "no bin/java");
    }

    @Test
    void theLockOfABuilderThatDiedIsTakenOver() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path lock = Files.createDirectories(root.resolve("target/dist/lock"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        CommandRun run = launch("--version");
        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("process " + gone.pid() + " died while it built");
    }

    private CommandRun launch(String... args) throws Exception {
        return run(root.resolve("quorate"), args);
    }

    private CommandRun run(Path script, String... args) throws Exception {
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(script.toString()), Arrays.stream(args))
                        .toList())
                .directory(new File("/"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES))
                .as(() -> "ended; it said " + text(out) + text(err))
                .isTrue();
        return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long builds() throws IOException {
        Path runs = temp.resolve("runs");
        return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
    }

    /** Makes everything in the tree older, so that what a test changes next is newer whatever the clock's grain. */
    private void age(Duration by) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(p -> !p.toString().contains("target")).toList()) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(by)));
            }
        }
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void makeJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        main.put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.finish();
        }
    }
}
