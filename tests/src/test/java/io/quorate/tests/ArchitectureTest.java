package io.quorate.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.quorate.statemachine.raft.PeriodicWork;
import io.quorate.wal.apply.SessionLimits;
import io.quorate.wal.log.Membership;
import io.quorate.wal.log.ReplicatedLog;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The picture of docs/ARCHITECTURE.md, held. */
@AnalyzeClasses(packages = "io.quorate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] PURE = {
        "io.quorate.topology..",
        "io.quorate.wal.log..",
        "io.quorate.wal.apply..",
        "io.quorate.statemachine.app..",
        "io.quorate.statemachine.replica..",
        "io.quorate.statemachine.wire..",
        "io.quorate.statemachine.client.core.."
    };

    private static final DescribedPredicate<JavaMethodCall> ASKS_FOR_TIME_OR_CHANCE =
            DescribedPredicate.describe("asks for the time of day or for a random number", call -> {
                String owner = call.getTargetOwner().getName();
                String method = call.getTarget().getName();
                return owner.startsWith("java.time.") && method.equals("now")
                        || owner.equals(UUID.class.getName()) && method.equals("randomUUID")
                        || owner.equals(Math.class.getName()) && method.equals("random")
                        || owner.equals(System.class.getName()) && method.equals("identityHashCode")
                        || owner.equals(Collections.class.getName()) && method.equals("shuffle");
            });

    @ArchTest
    static final ArchRule modulesDependInOneDirection = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("topology")
            .definedBy("io.quorate.topology..")
            .layer("wal")
            .definedBy("io.quorate.wal..")
            .layer("state-machine")
            .definedBy("io.quorate.statemachine..")
            .layer("cli")
            .definedBy("io.quorate.cli..")
            .layer("tests")
            .definedBy("io.quorate.tests..")
            .whereLayer("tests")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("state-machine")
            .mayOnlyBeAccessedByLayers("cli", "tests")
            .whereLayer("wal")
            .mayOnlyBeAccessedByLayers("state-machine", "cli", "tests");

    @ArchTest
    static final ArchRule noPackageCycle =
            slices().matching("io.quorate.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule pureCoresKnowNoClockThreadFileSocketOrLogger = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.nio.file..", "java.nio.channels..", "java.net..", "org.slf4j..", "org.apache.ratis..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.(File|RandomAccessFile|Console).*")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime");

    /** Randomness and time enter as arguments (a {@code RandomGenerator}, a number); what has to wait is the shell's. */
    @ArchTest
    static final ArchRule pureCoresDrawNoRandomNumbersAskNoClockAndWaitForNothing = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .and()
            .doNotBelongToAnyOf(
                    ReplicatedLog.class, Membership.class) // the interface of logs, which answers with futures
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.concurrent..", "java.security..", "java.util.logging..", "org.rocksdb..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.util\\.(Random|SplittableRandom|Timer|TimerTask)")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(InstantSource.class)
            .orShould()
            .callMethodWhere(ASKS_FOR_TIME_OR_CHANCE);

    @ArchTest
    static final ArchRule boundsOfWriterSessionsAreThoseOfTheFeatureLevelAndNoSetting = noClasses()
            .that()
            .resideOutsideOfPackage("io.quorate.wal.apply..")
            .should()
            .callConstructor(SessionLimits.class, int.class, int.class, long.class, long.class, long.class);

    @ArchTest
    static final ArchRule theUsersSideShowsNothingOfRatisRocksDbOrGrpc = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.quorate.statemachine.app..", "io.quorate.statemachine.kv..", "io.quorate.statemachine.logapp..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.ratis..", "org.rocksdb..", "io.grpc..");

    @ArchTest
    static final ArchRule whatIsPublishedForTestsOfUsersNeedsNoTestFramework = noClasses()
            .that()
            .resideInAnyPackage("io.quorate.tests..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", "net.jqwik..", "org.assertj..", "org.awaitility..", "ch.qos.logback..");

    /** An executor drops periodic work at the first error, without a word. */
    @ArchTest
    static final ArchRule periodicWorkOutlivesItsErrors = noClasses()
            .that()
            .resideInAPackage("io.quorate.statemachine..")
            .and()
            .areNotAssignableTo(PeriodicWork.class)
            .should()
            .callMethod(
                    ScheduledExecutorService.class,
                    "scheduleWithFixedDelay",
                    Runnable.class,
                    long.class,
                    long.class,
                    TimeUnit.class)
            .orShould()
            .callMethod(
                    ScheduledExecutorService.class,
                    "scheduleAtFixedRate",
                    Runnable.class,
                    long.class,
                    long.class,
                    TimeUnit.class);

    @ArchTest
    static final ArchRule logbackIsConfiguredInTheCommandLineOnly = classes()
            .that()
            .resideOutsideOfPackage("io.quorate.cli..")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("ch.qos.logback..");
}
