package io.quorate.statemachine.raft;

import io.quorate.statemachine.host.VersionSurvey;
import io.quorate.topology.Peer;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.AppendOutcome;
import io.quorate.wal.log.AppendOutcome.Rejected;
import io.quorate.wal.log.EntryKind;
import io.quorate.wal.log.LogRecord;
import io.quorate.wal.log.LogVersions;
import io.quorate.wal.log.RejectReason;
import io.quorate.wal.log.VersionSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Asks the members of a group what they can apply, and raises the versions in force once all of them can. A member that comes or
 * changes its build between the question and the entry parks at the entry, by name: the question spares an outage, it does not
 * carry the safety. Thread-safe.
 */
final class VersionAgreement {
    private final RaftView view;
    private final UUID group;
    private final PeerCalls peers;
    private final AppliedState state;

    VersionAgreement(RaftView view, UUID group, PeerCalls peers, AppliedState state) {
        this.view = view;
        this.group = group;
        this.peers = peers;
        this.state = state;
    }

    CompletableFuture<VersionSurvey> survey() {
        Map<PeerId, VersionSupport> support = new ConcurrentHashMap<>();
        Map<PeerId, String> silent = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (Peer peer : view.peers()) {
            if (peer.id().equals(view.self())) {
                support.put(peer.id(), state.support());
                continue;
            }
            answers.add(peers.versions(peer, group).handle((can, failure) -> {
                if (failure == null) {
                    support.put(peer.id(), can);
                } else {
                    silent.put(peer.id(), String.valueOf(failure.getMessage()));
                }
                return null;
            }));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(nothing -> new VersionSurvey(state.versions(), support, silent));
    }

    /** @param append submits a record on this leader */
    CompletableFuture<AppendOutcome> raise(
            LogVersions wanted, Function<LogRecord, CompletableFuture<AppendOutcome>> append) {
        return survey().thenCompose(survey -> {
            List<String> objections = survey.objections(wanted);
            if (!objections.isEmpty()) {
                String why = "not raised to " + wanted + ": " + String.join("; ", objections);
                return CompletableFuture.completedFuture(new Rejected(RejectReason.INVALID, why));
            }
            return append.apply(LogRecord.sessionless(EntryKind.VERSIONS, wanted.encode()));
        });
    }
}
