package io.quorate.cli.process;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How to start one child JVM: the java that runs this process, with this process' class path and archive of classes, if it has one.
 *
 * @param name unique within a cluster; also the name in messages
 * @param mainClass fully qualified
 * @param jvmArgs options before the main class, for example {@code -Xmx512m}
 * @param args arguments of the main class
 * @param env variables added to the inherited environment
 * @param log file that standard output and standard error are appended to; its directory must exist
 * @param launcher command that replaces itself by the command line that follows it, such as {@code nice -n 10}; empty for none
 */
public record JavaProcessSpec(
        String name,
        String mainClass,
        List<String> jvmArgs,
        List<String> args,
        Map<String, String> env,
        Path log,
        List<String> launcher) {
    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    public JavaProcessSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a process needs a name");
        }
        if (mainClass.isBlank()) {
            throw new IllegalArgumentException("no main class for process " + name);
        }
        jvmArgs = List.copyOf(jvmArgs);
        args = List.copyOf(args);
        env = Map.copyOf(env);
        Objects.requireNonNull(log, "log");
        launcher = List.copyOf(launcher);
    }

    /** A process that java starts itself, without a launcher. */
    public JavaProcessSpec(
            String name, String mainClass, List<String> jvmArgs, List<String> args, Map<String, String> env, Path log) {
        this(name, mainClass, jvmArgs, args, env, log, List.of());
    }

    /** A process without options, arguments or added environment. */
    public static JavaProcessSpec of(String name, Class<?> mainClass, Path log) {
        return new JavaProcessSpec(name, mainClass.getName(), List.of(), List.of(), Map.of(), log);
    }

    /** The same with other JVM options. */
    public JavaProcessSpec withJvmArgs(List<String> newJvmArgs) {
        return new JavaProcessSpec(name, mainClass, newJvmArgs, args, env, log, launcher);
    }

    /** The same with other arguments. */
    public JavaProcessSpec withArgs(List<String> newArgs) {
        return new JavaProcessSpec(name, mainClass, jvmArgs, newArgs, env, log, launcher);
    }

    /** The same with other added environment variables. */
    public JavaProcessSpec withEnv(Map<String, String> newEnv) {
        return new JavaProcessSpec(name, mainClass, jvmArgs, args, newEnv, log, launcher);
    }

    /** The same behind another launcher. */
    public JavaProcessSpec withLauncher(List<String> newLauncher) {
        return new JavaProcessSpec(name, mainClass, jvmArgs, args, env, log, newLauncher);
    }

    /** The command line: the launcher, then the java executable. */
    public List<String> command() {
        List<String> command = new ArrayList<>(launcher);
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(archive(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(args);
        return List.copyOf(command);
    }

    /** Of the options of a JVM, those by which it uses an archive of classes; none if it uses none. */
    static List<String> archive(List<String> options) {
        if (options.stream().noneMatch(option -> option.startsWith(ARCHIVE))) {
            return List.of();
        }
        return options.stream()
                .filter(option ->
                        option.startsWith(ARCHIVE) || option.startsWith("-Xshare:") || option.startsWith("-Xlog:"))
                .toList();
    }
}
