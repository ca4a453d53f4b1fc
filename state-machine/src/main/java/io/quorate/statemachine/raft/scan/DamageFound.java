package io.quorate.statemachine.raft.scan;

/** Carries a finding out of the pure part; the shell turns it into a {@link RaftLogDamagedException}. */
final class DamageFound extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Damage damage;

    DamageFound(Damage damage) {
        super(damage.toString());
        this.damage = damage;
    }

    Damage damage() {
        return damage;
    }
}
