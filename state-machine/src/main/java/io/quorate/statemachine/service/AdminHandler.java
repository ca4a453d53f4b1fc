package io.quorate.statemachine.service;

import io.quorate.wal.log.Bytes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Carries out administrative operations. */
@FunctionalInterface
public interface AdminHandler {
    /**
     * Carries out one operation.
     *
     * @param operation its name
     * @param json arguments as UTF-8 JSON
     * @param principal name that the caller proved by its certificate; empty without mutual TLS
     * @return JSON; fails with {@link AdminException} if the operation is refused or unknown
     */
    CompletableFuture<Bytes> call(String operation, Bytes json, Optional<String> principal);
}
