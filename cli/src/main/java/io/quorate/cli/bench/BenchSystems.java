package io.quorate.cli.bench;

import io.quorate.cli.bench.quorate.Quorate;
import io.quorate.cli.bench.quorate.QuorateSetup;
import io.quorate.cli.bench.ratis.BareRatis;
import io.quorate.cli.bench.ratis.RatisProfile;
import io.quorate.cli.bench.system.SystemUnderTest;
import java.util.List;

/** The systems that the harness can start. */
public final class BenchSystems {
    private BenchSystems() {}

    /** Quorate with its defaults. */
    public static SystemUnderTest quorate() {
        return new Quorate(QuorateSetup.DEFAULT);
    }

    /** Bare Ratis as it comes. */
    public static SystemUnderTest baseline() {
        return new BareRatis(RatisProfile.DEFAULTS);
    }

    /** Bare Ratis, tuned. */
    public static SystemUnderTest tuned() {
        return new BareRatis(RatisProfile.TUNED);
    }

    /** All of them, the one that is measured when none is named first. */
    public static List<SystemUnderTest> all() {
        return List.of(quorate(), baseline(), tuned());
    }

    /**
     * The system of this name.
     *
     * @throws IllegalArgumentException when there is none; the message names those that there are
     */
    public static SystemUnderTest named(String name) {
        return all().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no system " + name + ", only "
                        + all().stream().map(SystemUnderTest::name).toList()));
    }
}
