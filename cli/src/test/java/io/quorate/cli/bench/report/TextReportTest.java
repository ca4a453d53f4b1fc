package io.quorate.cli.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextReportTest {
    private final String text = TextReport.of(ReportSamples.COMPARISON, ReportSamples.HEADER);

    @Test
    void tableHasARowForEachRunAndAMedianForEachSystemUnderAlignedColumns() {
        List<String> rows = text.lines()
                .filter(line -> line.matches("(quorate|ratis-\\w+) +(1|2|median) .*"))
                .toList();

        assertThat(rows).hasSize(9);
        assertThat(rows.get(2)).startsWith("quorate median").contains("41,000").contains("22.0");
        String head =
                text.lines().filter(l -> l.contains("p99.9 ms")).findFirst().orElseThrow();
        int end = head.indexOf("per second") + "per second".length();
        assertThat(rows).allSatisfy(row -> assertThat(row.charAt(end - 1)).isEqualTo('0'));
        assertThat(rows).allSatisfy(row -> assertThat(row.charAt(end)).isEqualTo(' '));
    }

    @Test
    void ratiosCpuSplitAndErrorsAreSaid() {
        assertThat(text)
                .contains("13.7\u00d7 the throughput of bare Ratis with its defaults")
                .contains("5.13\u00d7 the throughput of bare Ratis tuned")
                .contains("cpu cores, quorate 1: s1 leader 0.50 (50 %) 100 MiB")
                .contains("others 0.40")
                .contains("the machine was busy with other work")
                .contains("errors, quorate 1: 1 TimeoutException, the first: late <&> \"quoted\"")
                .contains("5 s, steady");
    }
}
