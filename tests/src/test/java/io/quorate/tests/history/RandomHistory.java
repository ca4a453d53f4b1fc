package io.quorate.tests.history;

import io.quorate.tests.history.RegisterAction.CompareAndSet;
import io.quorate.tests.history.RegisterAction.Read;
import io.quorate.tests.history.RegisterAction.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Histories that are linearizable because they were executed: each operation has a moment at which it is done on a real
 * map, one after the other, and an interval around that moment in which its client waits.
 */
final class RandomHistory {
    /**
     * What a history is like.
     *
     * @param operations how many
     * @param processes how many clients are busy at a time
     * @param keys how many keys
     * @param values so many different values are written to a key; 0 for a new one each time
     * @param percentCas share of compare-and-sets, half of the rest are writes
     * @param percentInfo share with an unknown outcome; half of those take effect, many long after their invoke
     * @param percentFail share that fails
     */
    record Shape(
            int operations, int processes, int keys, int values, int percentCas, int percentInfo, int percentFail) {}

    /** An operation that has a moment and waits for it. */
    private record Planned(
            long process,
            String key,
            Outcome outcome,
            boolean takesEffect,
            long invoked,
            long moment,
            long completed) {}

    private final Shape shape;
    private final Random random;
    private final Map<String, String> registers = new HashMap<>();
    private int written;

    private RandomHistory(Shape shape, Random random) {
        this.shape = shape;
        this.random = random;
    }

    static List<Operation> of(Shape shape, Random random) {
        return new RandomHistory(shape, random).execute();
    }

    private List<Operation> execute() {
        List<Planned> planned = new ArrayList<>(plan());
        planned.sort(Comparator.comparingLong(Planned::moment));
        List<Operation> operations = new ArrayList<>();
        planned.forEach(plan -> operations.add(execute(plan)));
        operations.sort(Comparator.comparingLong(Operation::invokedNanos));
        return operations;
    }

    private List<Planned> plan() {
        List<Planned> planned = new ArrayList<>();
        long[] free = new long[shape.processes()];
        long[] process = new long[shape.processes()];
        for (int i = 0; i < process.length; i++) {
            process[i] = i;
        }
        long processes = process.length;
        for (int i = 0; i < shape.operations(); i++) {
            int client = random.nextInt(process.length);
            long invoked = free[client] + 1 + random.nextInt(10);
            long moment = invoked + random.nextInt(50);
            long completed = moment + random.nextInt(50);
            free[client] = completed;
            String key = "k" + random.nextInt(shape.keys());
            int lot = random.nextInt(100);
            if (lot < shape.percentInfo()) {
                boolean late = random.nextBoolean();
                moment = late ? invoked + random.nextInt(50 * shape.operations()) : moment;
                planned.add(new Planned(
                        process[client], key, Outcome.INFO, random.nextBoolean(), invoked, moment, Operation.NEVER));
                process[client] = processes++;
            } else {
                Outcome outcome = lot < shape.percentInfo() + shape.percentFail() ? Outcome.FAIL : Outcome.OK;
                planned.add(
                        new Planned(process[client], key, outcome, outcome == Outcome.OK, invoked, moment, completed));
            }
        }
        return planned;
    }

    private Operation execute(Planned plan) {
        String state = registers.get(plan.key());
        RegisterAction action = chooseAction(state);
        Outcome outcome = plan.outcome();
        if (action instanceof Read) {
            action = new Read(outcome == Outcome.OK ? state : null);
        } else if (action instanceof Write write && plan.takesEffect()) {
            registers.put(plan.key(), write.value());
        } else if (action instanceof CompareAndSet cas && plan.takesEffect()) {
            if (Objects.equals(cas.expected(), state)) {
                registers.put(plan.key(), cas.value());
            } else if (outcome == Outcome.OK) {
                outcome = Outcome.FAIL;
            }
        }
        return new Operation(plan.process(), plan.key(), action, outcome, plan.invoked(), plan.completed());
    }

    private RegisterAction chooseAction(String state) {
        if (random.nextInt(100) < shape.percentCas()) {
            return new CompareAndSet(random.nextInt(100) < 70 ? state : value(), value());
        }
        return random.nextBoolean() ? new Read(state) : new Write(value());
    }

    private String value() {
        if (shape.values() == 0) {
            return "v" + written++;
        }
        int value = random.nextInt(shape.values());
        return value == 0 ? null : "v" + value;
    }
}
