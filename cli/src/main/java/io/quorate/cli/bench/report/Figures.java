package io.quorate.cli.bench.report;

import io.quorate.cli.bench.load.LoadMode;
import io.quorate.cli.bench.load.Workload;
import java.util.Locale;

/** Numbers and workloads as people read them. */
final class Figures {
    private Figures() {}

    /** 8, 1,143, 82,000: a count, or a rate per second. */
    static String count(double value) {
        return String.format(Locale.ROOT, value < 10 && value != Math.rint(value) ? "%,.1f" : "%,.0f", value);
    }

    /** Three significant digits, without a unit: 0.871, 4.26, 1,234. */
    static String millis(double millis) {
        String format = millis >= 100 ? "%,.0f" : millis >= 10 ? "%.1f" : millis >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, millis);
    }

    static String ratio(double ratio) {
        return String.format(Locale.ROOT, ratio >= 10 ? "%.1f\u00d7" : "%.2f\u00d7", ratio);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    static String cores(double cores) {
        return String.format(Locale.ROOT, "%.2f", cores);
    }

    static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.0f s", seconds);
    }

    static String bytes(long bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }

    /** "256 clients, 1 outstanding each, 1 connection, 256 B, closed loop". */
    static String workload(Workload workload) {
        StringBuilder text = new StringBuilder();
        text.append(count(workload.clients())).append(workload.clients() == 1 ? " client, " : " clients, ");
        if (workload.mode() == LoadMode.OPEN) {
            text.append(count(workload.requestsPerSecond()))
                    .append(" arrivals/s, at most ")
                    .append(count(workload.maxInFlight()))
                    .append(" in flight, ");
        } else {
            text.append(count(workload.outstanding())).append(" outstanding each, ");
        }
        text.append(count(workload.connections()))
                .append(workload.connections() == 1 ? " connection, " : " connections, ");
        text.append(bytes(workload.valueBytes()));
        if (workload.entriesPerRequest() > 1) {
            text.append(" x ").append(count(workload.entriesPerRequest())).append(" packed in a request");
        }
        return text.append(", ").append(workload.mode().label()).append(" loop").toString();
    }
}
