package io.quorate.tests.kit;

import io.quorate.statemachine.kv.KvApplication;
import io.quorate.statemachine.kv.KvCommand;
import io.quorate.statemachine.kv.KvQuery;
import io.quorate.statemachine.logapp.LogApplication;
import io.quorate.statemachine.logapp.LogCommand;
import io.quorate.statemachine.logapp.LogQuery;
import io.quorate.statemachine.rocksdb.RocksDbMemory;
import io.quorate.statemachine.rocksdb.RocksDbStateStoreFactory;
import io.quorate.wal.log.Bytes;
import io.quorate.wal.log.Lsn;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ready-made applications pass the kit. */
class ReadyMadeApplicationsTest {
    static Bytes kvCommand(RandomGenerator random) {
        Bytes key = key(random);
        Bytes value = Bytes.utf8("v" + random.nextInt(3));
        Optional<Bytes> maybe = random.nextBoolean() ? Optional.of(value) : Optional.empty();
        return switch (random.nextInt(6)) {
            case 0 -> KvCommand.delete(key).encode();
            case 1 ->
                KvCommand.compareAndSet(key, maybe, Optional.of(Bytes.utf8("w")))
                        .encode();
            case 2 ->
                KvCommand.transaction()
                        .ifAbsent(key)
                        .put(key, value)
                        .delete(key(random))
                        .build()
                        .encode();
            case 3 ->
                random.nextInt(4) == 0
                        ? Bytes.utf8("malformed")
                        : KvCommand.put(key, value).encode();
            default -> KvCommand.put(key, value).encode();
        };
    }

    private static Bytes kvQuery(RandomGenerator random) {
        return random.nextBoolean()
                ? KvQuery.get(key(random)).encode()
                : KvQuery.prefix(Bytes.utf8("k")).withLimit(2).encode();
    }

    private static Bytes key(RandomGenerator random) {
        return Bytes.utf8("k" + random.nextInt(5));
    }

    private static Bytes logCommand(RandomGenerator random) {
        return random.nextInt(10) == 0
                ? LogCommand.truncateBelow(new Lsn(random.nextInt(40))).encode()
                : LogCommand.append(Bytes.utf8("line " + random.nextInt())).encode();
    }

    @Test
    void passesTheKeyValueApplication() {
        ApplicationCheck.of(KvApplication::new, ReadyMadeApplicationsTest::kvCommand)
                .queries(ReadyMadeApplicationsTest::kvQuery)
                .check();
    }

    @Test
    void passesTheLogApplication() {
        ApplicationCheck.of(LogApplication::new, ReadyMadeApplicationsTest::logCommand)
                .queries(random -> LogQuery.read(new Lsn(random.nextInt(40))).encode())
                .check();
    }

    @Test
    void passesTheKeyValueApplicationOnRocksDb(@TempDir Path directory) {
        try (RocksDbStateStoreFactory stores = new RocksDbStateStoreFactory(RocksDbMemory.local())) {
            ApplicationCheck.of(KvApplication::new, ReadyMadeApplicationsTest::kvCommand)
                    .queries(ReadyMadeApplicationsTest::kvQuery)
                    .on(stores, directory)
                    .histories(6, 100)
                    .otherJvms(0)
                    .check();
        }
    }
}
