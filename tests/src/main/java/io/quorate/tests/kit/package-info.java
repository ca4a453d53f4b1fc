/**
 * Property tests for what users write: an {@link io.quorate.statemachine.app.Application}, an {@link
 * io.quorate.wal.log.EntryApplier} or a {@link io.quorate.statemachine.store.StateStore} of their own.
 *
 * <p>Each check generates histories from a seed, drives what is under test through restarts, crashes and repetitions, and compares
 * with a run that had none. What it finds it throws as a {@link io.quorate.tests.kit.CheckFailedError}, which names the rule that was
 * broken, the entry at which it showed, and the line that runs the same history again. Works with any test framework.
 *
 * <pre>{@code
 * class InventoryTest {
 *     @Test
 *     void isFitForReplication() {
 *         ApplicationCheck.of(Inventory::new, random -> command(random)).check();
 *     }
 *
 *     private static Bytes command(RandomGenerator random) {
 *         String item = "item" + random.nextInt(5);
 *         return Bytes.utf8(random.nextBoolean() ? "take " + item : "bring " + item);
 *     }
 * }
 * }</pre>
 *
 * <p>API: stable.
 */
package io.quorate.tests.kit;
