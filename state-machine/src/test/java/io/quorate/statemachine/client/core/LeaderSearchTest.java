package io.quorate.statemachine.client.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.statemachine.wire.ServerResponse.Location;
import io.quorate.topology.PeerId;
import io.quorate.wal.log.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class LeaderSearchTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final String NODE = "127.0.0.1:1";
    private static final Location NOBODY_LEADS = new Location(
            1,
            Optional.of(PeerId.parse("n1.00000000deadbeef")),
            Optional.of(new UUID(0, 1)),
            Optional.empty(),
            1,
            Lsn.ZERO,
            List.of());

    /** While there is no leader: early questions find it soon, later ones leave nodes the time to elect it. */
    @Property(tries = 50)
    void aSearchAsksOftenAtFirstAndNeverMuchLaterThanItHasLasted(@ForAll long seed) {
        List<Long> asked = askedAtMillis(seed, 3_000);
        assertThat(asked.get(0)).isZero();
        assertThat(asked.stream().filter(at -> at <= 1_000).count())
                .as("rounds of the first second")
                .isBetween(10L, 20L);
        for (int i = 1; i < asked.size(); i++) {
            assertThat(asked.get(i) - asked.get(i - 1))
                    .as("pause at %s", asked.get(i - 1))
                    .isLessThanOrEqualTo(Math.max(50, asked.get(i - 1)));
        }
    }

    /** Where a member answers, addresses and TLS are right: the others are down. */
    @Example
    void settingsAreDoubtedOnlyWhereNoMemberAnswers() {
        LeaderSearch search =
                new LeaderSearch(List.of(NODE, "127.0.0.1:2"), new Backoff(50 * MILLI, 1_000 * MILLI), new Random(1));
        search.want(0);
        search.due(0);
        search.lost("127.0.0.1:2", "connection to node 127.0.0.1:2: refused", 0);
        assertThat(search.trouble()).contains("127.0.0.1:2: refused", "do TLS settings agree?");
        search.located(NODE, NOBODY_LEADS, 0);
        assertThat(search.trouble())
                .contains("no leader was found", "127.0.0.1:2: refused")
                .doesNotContain("TLS");
    }

    private static List<Long> askedAtMillis(long seed, long untilMillis) {
        LeaderSearch search = new LeaderSearch(List.of(NODE), new Backoff(50 * MILLI, 1_000 * MILLI), new Random(seed));
        List<Long> asked = new ArrayList<>();
        search.want(0);
        for (long now = 0; now < untilMillis * MILLI; now += MILLI) {
            if (!search.due(now).isEmpty()) {
                asked.add(now / MILLI);
                search.located(NODE, NOBODY_LEADS, now);
            }
        }
        return asked;
    }
}
