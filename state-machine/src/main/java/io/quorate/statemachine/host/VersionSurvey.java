package io.quorate.statemachine.host;

import io.quorate.topology.PeerId;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.VersionSupport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the members of a shard can apply.
 *
 * @param agreed in force on the replica that asked
 * @param support of each member that answered
 * @param silent members that did not answer, with the reason
 */
public record VersionSurvey(LogVersions agreed, Map<PeerId, VersionSupport> support, Map<PeerId, String> silent) {
    public VersionSurvey {
        Objects.requireNonNull(agreed, "agreed");
        support = Collections.unmodifiableMap(new TreeMap<>(support));
        silent = Collections.unmodifiableMap(new TreeMap<>(silent));
    }

    /** Why a change to these versions cannot be made, a line for each member that stands against it; empty if it can. */
    public List<String> objections(LogVersions wanted) {
        List<String> objections = new ArrayList<>();
        if (!wanted.isAtLeast(agreed)) {
            objections.add("versions never go back: in force are " + agreed + ", asked for " + wanted);
        }
        support.forEach((peer, can) -> can.objection(wanted).ifPresent(why -> objections.add(peer + " " + why)));
        silent.forEach((peer, why) -> objections.add(peer + " does not answer: " + why));
        return objections;
    }

    /** The newest that all who answered have, and never less than what is in force. */
    public LogVersions newest() {
        int feature = support.values().stream()
                .mapToInt(can -> can.featureLevels().newest())
                .min()
                .orElse(1);
        int apply = support.values().stream()
                .mapToInt(can -> can.applyVersions().newest())
                .min()
                .orElse(1);
        return new LogVersions(Math.max(feature, agreed.featureLevel()), Math.max(apply, agreed.applyVersion()));
    }
}
