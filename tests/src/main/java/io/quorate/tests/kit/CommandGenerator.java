package io.quorate.tests.kit;

import io.quorate.wal.log.Bytes;
import java.util.random.RandomGenerator;

/** Makes commands, or queries, as clients would send them. */
@FunctionalInterface
public interface CommandGenerator {
    /**
     * Makes the next one from nothing but the generator, so that a seed gives the same history again. Few different keys, used
     * again and again, find more than many. Some commands should be malformed, as those of a faulty client are: an application
     * refuses them, and does not throw.
     */
    Bytes next(RandomGenerator random);
}
