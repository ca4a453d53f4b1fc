package io.quorate.cli.logging;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up where no file is named by its property {@code logback.configurationFile}. In code, since to read XML takes a fifth
 * of the time that a short command runs. Found by logback through its service loader file, before its own look for files.
 */
@ConfiguratorRank(ConfiguratorRank.FALLBACK + 5)
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String OURS = "quorate.log.setup";
    private static final String RATIS = "org.apache.ratis";
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - %msg%n";
    private static final int RATIS_EVENTS_A_MINUTE = 3;
    private static final int KINDS = 500;
    /** Says at each attempt, with a stack trace, that a name cannot be resolved: clients say it once. Held, or its level is lost. */
    private static final java.util.logging.Logger CHANNELS =
            java.util.logging.Logger.getLogger("org.apache.ratis.thirdparty.io.grpc.internal.ManagedChannelImpl");

    /** Warnings only: right for a command. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        context.putProperty(OURS, "true");
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console(context, LINE + "%ex"));
        // gRPC, as it comes with Ratis, logs by the JDK's own logging, which prints what it likes.
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        CHANNELS.setLevel(java.util.logging.Level.SEVERE);

        // Ratis warns of the same follower many times a second, with stack traces of its thread pools.
        Logger ratis = context.getLogger(RATIS);
        DampingAppender damped = new DampingAppender(
                new FloodDamper(RATIS_EVENTS_A_MINUTE, 60_000, KINDS), console(context, LINE + "%ex{2}"), ratis);
        damped.setContext(context);
        damped.setName("ratis");
        damped.start();
        ratis.setLevel(Level.WARN);
        ratis.setAdditive(false);
        ratis.addAppender(damped);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Also tells of every change of state: right for a node. Changes nothing where a file has set logging up. */
    public static void tellOfStates() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context && context.getProperty(OURS) != null) {
            context.getLogger("io.quorate").setLevel(Level.INFO);
        }
    }

    /**
     * From now on Ratis tells of errors only: right for a node that stops, since the peers that it loses then, and those that stop with
     * it, are no news. Changes nothing where a file has set logging up.
     */
    public static void tellOfNoPeers() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            tellOfNoPeers(context);
        }
    }

    static void tellOfNoPeers(LoggerContext context) {
        if (context.getProperty(OURS) != null) {
            context.getLogger(RATIS).setLevel(Level.ERROR);
        }
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, String pattern) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("stderr");
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        return console;
    }
}
