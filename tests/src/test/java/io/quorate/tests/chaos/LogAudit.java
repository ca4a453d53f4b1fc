package io.quorate.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.logapp.LogPage;
import io.quorate.statemachine.logapp.LogQuery;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds what every voter's own log shard has against what clients were told: each acknowledged entry under its LSN, no entry twice, none
 * that was rejected.
 */
final class LogAudit {
    private LogAudit() {}

    /** What a replica has, beside what was told of it. */
    record Findings(
            int held, List<String> lost, List<String> twice, List<String> elsewhere, List<String> rejectedButThere) {
        Findings {
            lost = List.copyOf(lost);
            twice = List.copyOf(twice);
            elsewhere = List.copyOf(elsewhere);
            rejectedButThere = List.copyOf(rejectedButThere);
        }
    }

    /** Passes if every voter holds what it should, once replicas are equal; returns how many entries each of them holds. */
    static int assertSound(ChaosCluster cluster, LogClient.Answers answers) {
        int held = 0;
        for (String address : cluster.addresses()) {
            Findings findings = compare(read(cluster, address), answers);
            assertThat(findings.lost())
                    .as("acknowledged entries not found at %s", address)
                    .isEmpty();
            assertThat(findings.twice())
                    .as("entries found twice at %s", address)
                    .isEmpty();
            assertThat(findings.elsewhere())
                    .as("acknowledged entries found under another LSN at %s", address)
                    .isEmpty();
            assertThat(findings.rejectedButThere())
                    .as("rejected entries found at %s", address)
                    .isEmpty();
            held = findings.held();
        }
        return held;
    }

    /** All entries that the replica at an address has applied, by LSN; see {@link ChaosCluster#awaitEqualReplicas}. */
    static Map<Lsn, String> read(ChaosCluster cluster, String address) {
        Map<Lsn, String> held = new HashMap<>();
        Lsn next = new Lsn(1);
        while (true) {
            LogPage page = LogPage.decode(cluster.admin()
                    .queryNode(address, ChaosCluster.LOG, LogQuery.read(next).encode(), Lsn.ZERO));
            if (page.entries().isEmpty()) {
                return held;
            }
            page.entries().forEach(entry -> held.put(entry.lsn(), entry.data().utf8()));
            next = page.next();
        }
    }

    static Findings compare(Map<Lsn, String> held, LogClient.Answers answers) {
        Map<String, Lsn> places = new HashMap<>();
        List<String> twice = new ArrayList<>();
        held.forEach((lsn, entry) -> {
            Lsn other = places.put(entry, lsn);
            if (other != null) {
                twice.add(entry + " at " + lsn + " and " + other);
            }
        });
        List<String> lost = new ArrayList<>();
        List<String> elsewhere = new ArrayList<>();
        answers.acknowledged().forEach((entry, lsn) -> {
            Lsn place = places.get(entry);
            if (place == null) {
                lost.add(entry + " acknowledged at " + lsn);
            } else if (!place.equals(lsn) && !entry.equals(held.get(lsn))) {
                elsewhere.add(entry + " acknowledged at " + lsn + " is at " + place);
            }
        });
        List<String> there =
                answers.rejected().stream().filter(places::containsKey).toList();
        return new Findings(held.size(), lost, twice, elsewhere, there);
    }
}
