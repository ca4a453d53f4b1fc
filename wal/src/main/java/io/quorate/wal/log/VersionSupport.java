package io.quorate.wal.log;

import java.util.Objects;
import java.util.Optional;

/**
 * What a replica can apply: which feature levels its build has, and which versions of the apply function its application has.
 *
 * @param featureLevels of the build
 * @param applyVersions of the application
 */
public record VersionSupport(VersionRange featureLevels, VersionRange applyVersions) {
    /** Feature levels of this build: what may lie in a log, beside what the application puts there. */
    public static final VersionRange FEATURE_LEVELS = new VersionRange(1, 1);

    public VersionSupport {
        Objects.requireNonNull(featureLevels, "featureLevels");
        Objects.requireNonNull(applyVersions, "applyVersions");
    }

    /** This build with an application that has these versions. */
    public static VersionSupport ofThisBuild(VersionRange applyVersions) {
        return new VersionSupport(FEATURE_LEVELS, applyVersions);
    }

    /** Why entries of these versions cannot be applied; empty if they can. */
    public Optional<String> objection(LogVersions versions) {
        if (!featureLevels.contains(versions.featureLevel())) {
            return Optional.of("supports feature levels " + featureLevels + ", not " + versions.featureLevel());
        }
        return applyVersions.contains(versions.applyVersion())
                ? Optional.empty()
                : Optional.of("supports apply versions " + applyVersions + ", not " + versions.applyVersion());
    }
}
