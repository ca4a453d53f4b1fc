package io.quorate.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogSetupTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void commandsPrintWarningsAndRatisGoesThroughItsOwnAppender() {
        LogSetup setup = new LogSetup();
        setup.setContext(context);
        setup.configure(context);
        assertThat(context.getLogger("io.quorate.x").getEffectiveLevel()).isEqualTo(Level.WARN);
        Logger ratis = context.getLogger("org.apache.ratis");
        assertThat(ratis.getEffectiveLevel()).isEqualTo(Level.WARN);
        assertThat(ratis.isAdditive()).isFalse();
        assertThat(ratis.getAppender("ratis")).isInstanceOf(DampingAppender.class);
    }

    @Test
    void aFileThatIsNamedByThePropertyOfLogbackIsLeftToIt() {
        System.setProperty("logback.configurationFile", "mine.xml");
        try {
            assertThat(new LogSetup().configure(context)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
            assertThat(context.getLogger("org.apache.ratis").isAdditive()).isTrue();
        } finally {
            System.clearProperty("logback.configurationFile");
        }
    }

    /** For example "Epoll available during static init of TcpMetrics", at every start of a client. */
    @Test
    void whatGrpcAndNettyTellOfThemselvesIsNotPrinted() {
        LogSetup setup = new LogSetup();
        setup.setContext(context);
        setup.configure(context);
        for (String name : List.of(
                "org.apache.ratis.thirdparty.io.grpc.netty.TcpMetrics", "org.apache.ratis.thirdparty.io.netty.util")) {
            java.util.logging.Logger jdk = java.util.logging.Logger.getLogger(name);
            assertThat(jdk.isLoggable(java.util.logging.Level.INFO)).as(name).isFalse();
            assertThat(jdk.isLoggable(java.util.logging.Level.WARNING)).as(name).isTrue();
            assertThat(context.getLogger(name).isInfoEnabled()).as(name).isFalse();
        }
    }

    @Test
    void aNameThatCannotBeResolvedIsNotTracedAtEachAttempt() {
        LogSetup setup = new LogSetup();
        setup.setContext(context);
        setup.configure(context);
        String channels = "org.apache.ratis.thirdparty.io.grpc.internal.ManagedChannelImpl";
        assertThat(java.util.logging.Logger.getLogger(channels).isLoggable(java.util.logging.Level.WARNING))
                .isFalse();
        assertThat(java.util.logging.Logger.getLogger(channels).isLoggable(java.util.logging.Level.SEVERE))
                .isTrue();
    }

    @Test
    void aNodeThatStopsDoesNotWarnOfPeersThatStopWithIt() {
        LoggerContext byFile = new LoggerContext();
        LogSetup.tellOfNoPeers(byFile);
        assertThat(byFile.getLogger("org.apache.ratis").getLevel()).isNull();
        LogSetup setup = new LogSetup();
        setup.setContext(context);
        setup.configure(context);
        LogSetup.tellOfNoPeers(context);
        assertThat(context.getLogger("org.apache.ratis.X").isWarnEnabled()).isFalse();
        assertThat(context.getLogger("org.apache.ratis.X").isErrorEnabled()).isTrue();
        assertThat(context.getLogger("io.quorate.x").isWarnEnabled()).isTrue();
    }

    @Test
    void aFloodIsCutAndItsSizeTold() {
        ListAppender<ILoggingEvent> printed = new ListAppender<>();
        printed.setContext(context);
        printed.start();
        Logger logger = context.getLogger("org.apache.ratis.X");
        DampingAppender damped = new DampingAppender(new FloodDamper(2, 1000, 10), printed, logger);
        damped.setContext(context);
        damped.start();
        for (int i = 0; i < 100; i++) {
            damped.doAppend(event(logger, i, i));
        }
        damped.doAppend(event(logger, 100, 1500));
        assertThat(printed.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "follower 0 is slow",
                        "follower 1 is slow",
                        "more events like this one are counted, not printed, for a while",
                        "98 events like the next one were not printed",
                        "follower 100 is slow");
    }

    private static LoggingEvent event(Logger logger, int follower, long millis) {
        LoggingEvent event = new LoggingEvent(
                Logger.class.getName(), logger, Level.WARN, "follower {} is slow", null, new Object[] {follower});
        event.setTimeStamp(millis);
        return event;
    }
}
