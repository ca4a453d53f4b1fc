/**
 * What a user writes: an {@link io.quorate.statemachine.app.Application}, an apply function and a query function over a
 * transaction. Nothing of the replication, of the storage engine or of the transport is visible here. API: stable.
 */
package io.quorate.statemachine.app;
