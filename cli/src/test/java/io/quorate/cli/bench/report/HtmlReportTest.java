package io.quorate.cli.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.bench.load.Workload;
import io.quorate.cli.bench.measure.Comparison;
import io.quorate.cli.bench.measure.CpuSplit;
import io.quorate.cli.bench.measure.LatencySummary;
import io.quorate.cli.bench.measure.MeasuredRun;
import io.quorate.cli.bench.measure.Role;
import io.quorate.cli.bench.measure.RunResult;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
    private static Document parsed(String html) throws Exception {
        assertThat(html).startsWith("<!DOCTYPE html>\n<html");
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null);
        return builder.parse(new InputSource(new StringReader(html)));
    }

    private static List<Element> elements(Document document, String name) {
        NodeList nodes = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    @Test
    void pageIsWellFormedAndHasAChartForEachView() throws Exception {
        Document page = parsed(HtmlReport.of(ReportSamples.COMPARISON, ReportSamples.HEADER));

        List<String> charts = elements(page, "svg").stream()
                .map(e -> e.getAttribute("aria-label"))
                .toList();
        assertThat(charts)
                .containsExactly(
                        "Throughput by system",
                        "Latency by system",
                        "Latency by percentile",
                        "Throughput over time",
                        "Latency over time",
                        "Latency over time",
                        "Latency over time",
                        "CPU time by process");
        assertThat(elements(page, "polyline")).hasSize(3 + 3 + 9);
        assertThat(elements(page, "h1").get(0).getTextContent()).isEqualTo("quorate: append");
        assertThat(page.getDocumentElement().getTextContent())
                .contains("13.7\u00d7")
                .contains("late <&> \"quoted\"")
                .contains("Quorate <&> \"others\"");
    }

    @Test
    void pageNeedsNothingFromOutside() throws Exception {
        String html = HtmlReport.of(ReportSamples.COMPARISON, ReportSamples.HEADER);
        Document page = parsed(html);

        assertThat(elements(page, "script")).isEmpty();
        assertThat(elements(page, "link")).isEmpty();
        assertThat(elements(page, "img")).isEmpty();
        assertThat(html).doesNotContain("url(").doesNotContain("@import").doesNotContain("src=");
        assertThat(html.replace("xmlns=\"http://www.w3.org/1999/xhtml\"", "")).doesNotContain("http");
        assertThat(html).contains("prefers-color-scheme: dark");
    }

    @Test
    void everyCoordinateLiesInsideOfItsChart() throws Exception {
        Document page = parsed(HtmlReport.of(ReportSamples.COMPARISON, ReportSamples.HEADER));

        for (Element svg : elements(page, "svg")) {
            String[] box = svg.getAttribute("viewBox").split(" ");
            double width = Double.parseDouble(box[2]);
            double height = Double.parseDouble(box[3]);
            NodeList all = svg.getElementsByTagName("*");
            for (int i = 0; i < all.getLength(); i++) {
                Element e = (Element) all.item(i);
                for (String name : List.of("x", "x1", "x2", "cx")) {
                    assertInside(e, name, width);
                }
                for (String name : List.of("y", "y1", "y2", "cy")) {
                    assertInside(e, name, height);
                }
            }
        }
    }

    private static void assertInside(Element element, String name, double limit) {
        if (element.hasAttribute(name)) {
            assertThat(Double.parseDouble(element.getAttribute(name)))
                    .as(element.getTagName() + " " + name)
                    .isBetween(0.0, limit);
        }
    }

    @Test
    void runWithoutASingleAnswerStillMakesAPage() throws Exception {
        MeasuredRun nothing = new MeasuredRun(
                0, LatencySummary.of(new Histogram(3)), List.of(), false, Double.NaN, 0, 4, 0, List.of(), List.of());
        RunResult run = new RunResult(
                Role.SUBJECT,
                "quorate",
                1,
                Workload.closedAppends(1, 1, 256),
                nothing,
                new CpuSplit(2, List.of(), OptionalDouble.empty()),
                Optional.empty(),
                Optional.empty());

        Document page = parsed(HtmlReport.of(Comparison.of(List.of(run)), ReportSamples.HEADER));

        assertThat(page.getDocumentElement().getTextContent()).contains("NOT steady");
    }

    @Test
    void charactersThatXmlCannotHoldAreReplaced() throws Exception {
        String text =
                new Markup().element("p", "a\u0000b\u001bc\ud800 <&>\"\u00e9").toString();

        assertThat(parsedFragment(text)).isEqualTo("a\u00b7b\u00b7c\u00b7 <&>\"\u00e9");
    }

    private static String parsedFragment(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getDocumentElement()
                .getTextContent();
    }
}
