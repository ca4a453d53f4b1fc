package io.quorate.statemachine.raft.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class AppendGateTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AppendGate gate = new AppendGate();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch mayLeave = new CountDownLatch(1);

    private Thread append() throws InterruptedException {
        Thread thread = new Thread(() -> {
            Passage passage = gate.enter();
            inside.countDown();
            await(mayLeave);
            passage.close();
        });
        thread.start();
        inside.await();
        return thread;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void requestsPassOneAfterTheOther() throws InterruptedException {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Thread first = append();
        Thread second = new Thread(() -> {
            Passage passage = gate.enter();
            order.add("second");
            passage.close();
        });
        second.start();
        Awaitility.await("waits").atMost(PATIENCE).until(() -> second.getState() == Thread.State.WAITING);
        order.add("first");
        mayLeave.countDown();
        first.join();
        second.join();
        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void aNewLeaderWaitsForAnAppendThatIsUnderWay() throws InterruptedException {
        assertThat(gate.awaitEarlier(Duration.ZERO)).isTrue();
        Thread append = append();
        assertThat(gate.awaitEarlier(Duration.ofMillis(10))).isFalse();
        mayLeave.countDown();
        assertThat(gate.awaitEarlier(PATIENCE)).isTrue();
        append.join();
    }

    @Test
    void anAppendThatWaitsForTheLockOfTheNewLeaderComesAfterIt() throws InterruptedException {
        Object division = new Object();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Thread append;
        synchronized (division) {
            append = new Thread(() -> {
                Passage passage = gate.enter();
                inside.countDown();
                synchronized (division) {
                    order.add("append");
                }
                passage.close();
            });
            append.start();
            inside.await();
            assertThat(gate.awaitEarlier(PATIENCE)).isTrue();
            order.add("leader");
        }
        append.join();
        assertThat(order).containsExactly("leader", "append");
    }

    @Test
    void onlyEntriesAndVotesOfRegisteredGroupsPassTheGate() {
        RaftSync sync = new RaftSync((group, failure) -> {});
        AppendEntriesRequestProto entries = AppendEntriesRequestProto.newBuilder()
                .addEntries(LogEntryProto.getDefaultInstance())
                .build();
        assertThat(sync.beforeRequest(AppendEntriesRequestProto.getDefaultInstance()))
                .isSameAs(Passage.FREE);
        assertThat(sync.beforeRequest(
                        RequestVoteRequestProto.newBuilder().setPreVote(true).build()))
                .isSameAs(Passage.FREE);
        assertThat(sync.beforeRequest(entries)).as("of another's group").isSameAs(Passage.FREE);
    }
}
