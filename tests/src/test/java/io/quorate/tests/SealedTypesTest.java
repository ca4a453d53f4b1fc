package io.quorate.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.InstanceofCheck;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A method that tells the kinds of a sealed type apart and fails with an {@link AssertionError} at any other one, knows all that there
 * are. Java 17 has no switch over types, so that the compiler does not see to it.
 */
class SealedTypesTest {
    /** Branches that are there today; fewer mean that this test sees them no more. */
    private static final int BRANCHES = 36;

    /** Branches that some kind cannot come to. */
    private static final Map<String, Set<String>> IMPOSSIBLE = Map.of(
            // only what consensus committed, or what was refused before: nobody waits for a disk
            "io.quorate.tests.kit.AnotherJvm.writeOutcome", Set.of("Indeterminate", "LeaderDurable"),
            // the key-value client answers it as a write that is not committed yet, before it asks for a failure's
            // message
            "io.quorate.statemachine.kv.client.KvWriteException.message", Set.of("LeaderDurable"),
            // log append, its only caller, always asks for a majority
            "io.quorate.cli.command.Outcomes.committed", Set.of("LeaderDurable"),
            // why a frame is no entry: the end of the file and an entry are dealt with before
            "io.quorate.statemachine.raft.scan.TailJudge.explain", Set.of("End", "Entry"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.quorate");

    private record Branch(JavaCodeUnit method, Class<?> sealed, Set<Class<?>> handled) {
        String name() {
            return method.getOwner().getName() + "." + method.getName();
        }

        Set<String> forgotten() {
            return kinds(sealed)
                    .filter(kind -> handled.stream().noneMatch(known -> known.isAssignableFrom(kind)))
                    .map(Class::getSimpleName)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Stream<Class<?>> kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .flatMap(kind -> kind.isSealed() ? kinds(kind) : Stream.of(kind));
    }

    @Test
    void everyBranchOverASealedTypeHandlesAllOfItsKinds() {
        List<Branch> branches = branches(CLASSES);
        assertThat(branches).hasSizeGreaterThanOrEqualTo(BRANCHES);
        assertThat(branches).allSatisfy(branch -> assertThat(branch.forgotten())
                .as(branch.name() + " over " + branch.sealed().getSimpleName())
                .isEqualTo(IMPOSSIBLE.getOrDefault(branch.name(), Set.of())));
        assertThat(branches.stream().map(Branch::name)).as("stale reasons").containsAll(IMPOSSIBLE.keySet());
    }

    /** Two kinds, and a method that knows one of them. */
    sealed interface Planted {
        record Known() implements Planted {}

        record Forgotten() implements Planted {}

        static String name(Planted planted) {
            if (planted instanceof Known) {
                return "known";
            }
            throw new AssertionError("unhandled: " + planted);
        }
    }

    @Test
    void aForgottenKindIsFound() {
        List<Branch> branches = branches(new ClassFileImporter().importClasses(Planted.class));
        assertThat(branches).hasSize(1);
        assertThat(branches.get(0).forgotten()).containsExactly("Forgotten");
        assertThat(Planted.name(new Planted.Known())).isEqualTo("known");
    }

    private static List<Branch> branches(JavaClasses classes) {
        return classes.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .filter(SealedTypesTest::failsAtAnyOther)
                .flatMap(SealedTypesTest::branches)
                .toList();
    }

    private static boolean failsAtAnyOther(JavaCodeUnit method) {
        return method.getConstructorCallsFromSelf().stream()
                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(AssertionError.class));
    }

    /** One for each sealed type, the narrowest that has all kinds the method asks for. */
    private static Stream<Branch> branches(JavaCodeUnit method) {
        Set<Class<?>> asked = method.getInstanceofChecks().stream()
                .map(InstanceofCheck::getRawType)
                .map(JavaClass::reflect)
                .collect(Collectors.toSet());
        Set<Class<?>> roots =
                asked.stream().flatMap(SealedTypesTest::sealedAbove).collect(Collectors.toSet());
        return roots.stream()
                .filter(root -> isNarrowest(root, roots, asked))
                .map(root -> new Branch(
                        method,
                        root,
                        asked.stream().filter(root::isAssignableFrom).collect(Collectors.toSet())));
    }

    private static Stream<Class<?>> sealedAbove(Class<?> kind) {
        return Arrays.stream(kind.getInterfaces())
                .filter(Class::isSealed)
                .flatMap(above -> Stream.concat(Stream.of(above), sealedAbove(above)));
    }

    private static boolean isNarrowest(Class<?> root, Set<Class<?>> roots, Set<Class<?>> asked) {
        Set<Class<?>> below = asked.stream().filter(root::isAssignableFrom).collect(Collectors.toSet());
        boolean narrower = roots.stream()
                .filter(other -> other != root && root.isAssignableFrom(other))
                .anyMatch(other -> below.stream().allMatch(other::isAssignableFrom));
        boolean insideWider = roots.stream()
                .filter(other -> other != root && other.isAssignableFrom(root))
                .anyMatch(other ->
                        asked.stream().anyMatch(kind -> other.isAssignableFrom(kind) && !root.isAssignableFrom(kind)));
        return !narrower && !insideWider;
    }
}
