package io.quorate.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.quorate.tests.ApiMarks.Mark;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package says whether it is stable, and what is stable can be used without what is not. */
class ApiMarksTest {
    private static final ApiMarks MARKS = ApiMarks.read(Path.of(".."));
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.quorate");

    /** What stable types show although it is not stable, by the beginning of the finding, and why they may. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry(
                    "io.quorate.statemachine.raft.QuorateStateMachine shows org.apache.ratis.",
                    "it is a state machine of Ratis, for those who run Ratis themselves"),
            Map.entry(
                    "io.quorate.statemachine.raft.QuorateStateMachine shows io.quorate.statemachine.raft.RatisStateMachineAdapter",
                    "its superclass, which is not visible: Ratis' methods are inherited from it"),
            Map.entry(
                    "io.quorate.statemachine.raft.QuorateStateMachine$Answer shows org.apache.ratis.protocol.Message",
                    "decodes what Ratis' own client gets"),
            Map.entry(
                    "io.quorate.statemachine.raft.sync.RaftSync shows ",
                    "who runs Ratis themselves calls install alone, with Ratis' parameters; the rest is for the shard host and for tests"),
            Map.entry(
                    "io.quorate.statemachine.raft.RatisShardHost shows org.apache.ratis.grpc.server.GrpcServices$Customizer",
                    "mounts further services on the port: said to be unstable there"),
            Map.entry(
                    "io.quorate.statemachine.raft.RatisShardHost shows io.quorate.statemachine.raft.",
                    "holding and settling entries is the node's own, which carries it out; marked internal there"),
            Map.entry(
                    "io.quorate.statemachine.metrics.RatisMetricsBridge shows org.apache.ratis.",
                    "implements Ratis' metrics, found by Ratis itself"),
            Map.entry(
                    "io.quorate.statemachine.client.ClientConfig shows org.apache.ratis.grpc.GrpcTlsConfig",
                    "certificates as the transport takes them, from files or from key managers; there is one transport"),
            Map.entry(
                    "io.quorate.statemachine.client.ReadPreference shows io.quorate.statemachine.client.core.ReplicaChoice",
                    "how it chooses is called by the client's core, not by users"),
            Map.entry(
                    "io.quorate.statemachine.node.ClusterAdmin shows com.fasterxml.jackson.databind.JsonNode",
                    "operators' answers are JSON documents, whose fields are stable"),
            Map.entry(
                    "io.quorate.statemachine.node.ClusterLook shows com.fasterxml.jackson.databind.JsonNode",
                    "operators' answers are JSON documents, whose fields are stable"));

    @Test
    void everyPackageSaysWhetherItIsStable() {
        assertThat(MARKS.unmarked()).isEmpty();
        assertThat(CLASSES.stream().filter(ApiMarksTest::isTopLevel).filter(type -> mark(type)
                        .isEmpty()))
                .as("types of no marked package")
                .isEmpty();
    }

    @Test
    void everyTypeThatAMarkNamesIsAPublicOne() {
        assertThat(MARKS.named()).allSatisfy(name -> {
            assertThat(CLASSES.contain(name)).as(name).isTrue();
            assertThat(CLASSES.get(name).getModifiers()).as(name).contains(JavaModifier.PUBLIC);
        });
    }

    @Test
    void whatIsStableShowsNothingThatIsNot() {
        Set<String> shown = new TreeSet<>();
        CLASSES.stream().filter(type -> isVisible(type) && isStable(type)).forEach(type -> exposed(type)
                .filter(other -> !mayBeShown(other))
                .forEach(other -> shown.add(type.getName() + " shows " + other.getName())));
        assertThat(REASONS.keySet())
                .as("reasons for what is not shown any more")
                .allMatch(beginning -> shown.stream().anyMatch(finding -> finding.startsWith(beginning)));
        shown.removeIf(finding -> REASONS.keySet().stream().anyMatch(finding::startsWith));
        assertThat(shown).isEmpty();
    }

    private static boolean isTopLevel(JavaClass type) {
        return !type.getName().contains("$") && !type.getSimpleName().equals("package-info");
    }

    private static boolean isVisible(JavaClass type) {
        boolean own = type.getModifiers().contains(JavaModifier.PUBLIC);
        return own && type.getEnclosingClass().map(ApiMarksTest::isVisible).orElse(true);
    }

    private static Optional<Mark> mark(JavaClass type) {
        JavaClass top = type;
        while (top.getEnclosingClass().isPresent()) {
            top = top.getEnclosingClass().get();
        }
        return MARKS.of(top.getPackageName(), top.getSimpleName());
    }

    private static boolean isStable(JavaClass type) {
        return mark(type).filter(mark -> mark == Mark.STABLE).isPresent();
    }

    /** Types of the JDK, of the libraries that the design names as given, and our own stable ones. */
    private static boolean mayBeShown(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith("io.quorate.")
                ? isStable(type.getBaseComponentType())
                : Stream.of("java.", "com.codahale.metrics").anyMatch(name::startsWith) || name.isEmpty();
    }

    private static Stream<JavaClass> exposed(JavaClass type) {
        Stream<JavaType> ofMethods = type.getCodeUnits().stream()
                .filter(unit ->
                        isOpen(unit.getModifiers()) && !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
                .flatMap(ApiMarksTest::ofUnit);
        Stream<JavaType> ofFields = type.getFields().stream()
                .filter(field -> isOpen(field.getModifiers()))
                .map(JavaField::getType);
        Stream<JavaType> above = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        return Stream.of(ofMethods, ofFields, above)
                .flatMap(types -> types)
                .flatMap(shown -> shown.getAllInvolvedRawTypes().stream())
                .filter(shown -> !shown.isPrimitive())
                .distinct();
    }

    private static Stream<JavaType> ofUnit(JavaCodeUnit unit) {
        List<JavaType> thrown = unit.getThrowsClause().getTypes().stream()
                .map(JavaType.class::cast)
                .collect(Collectors.toList());
        return Stream.of(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream(), thrown.stream())
                .flatMap(types -> types);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }
}
