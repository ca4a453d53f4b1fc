package io.quorate.cli.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;

/** Passes events on to another appender, through a {@link FloodDamper}. Events of one logger and one format are of one kind. */
final class DampingAppender extends AppenderBase<ILoggingEvent> {
    private final FloodDamper damper;
    private final Appender<ILoggingEvent> target;
    private final Logger logger;

    /** @param logger under whose name the number of suppressed events is told */
    DampingAppender(FloodDamper damper, Appender<ILoggingEvent> target, Logger logger) {
        this.damper = damper;
        this.target = target;
        this.logger = logger;
    }

    /** Called under this appender's lock. */
    @Override
    protected void append(ILoggingEvent event) {
        String kind = event.getLoggerName() + '\n' + event.getMessage();
        FloodDamper.Decision decision = damper.decide(kind, event.getTimeStamp());
        if (!decision.pass()) {
            return;
        }
        if (decision.suppressedBefore() > 0) {
            tell(event, decision.suppressedBefore() + " events like the next one were not printed");
        }
        target.doAppend(event);
        if (decision.lastBeforeSilence()) {
            tell(event, "more events like this one are counted, not printed, for a while");
        }
    }

    private void tell(ILoggingEvent about, String text) {
        LoggingEvent line = new LoggingEvent(Logger.class.getName(), logger, about.getLevel(), text, null, null);
        line.setTimeStamp(about.getTimeStamp());
        target.doAppend(line);
    }
}
