package io.quorate.statemachine.raft;

import io.quorate.statemachine.app.Application;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The applications that a node offers, by name: each replica of a shard gets an instance of its own. */
public final class ApplicationCatalog {
    private final Map<String, Supplier<Application>> suppliers = new TreeMap<>();

    private ApplicationCatalog(Collection<Supplier<Application>> applications) {
        for (Supplier<Application> supplier : applications) {
            String name = supplier.get().name();
            if (suppliers.put(name, supplier) != null) {
                throw new IllegalArgumentException("two applications are named '" + name + "'");
            }
        }
    }

    /** @throws IllegalArgumentException if two have the same name */
    public static ApplicationCatalog of(List<Supplier<Application>> applications) {
        return new ApplicationCatalog(applications);
    }

    /** @throws IllegalArgumentException if there is none of that name; names those that there are */
    public Application create(String name) {
        Supplier<Application> supplier = suppliers.get(name);
        if (supplier == null) {
            throw new IllegalArgumentException(
                    "no application '" + name + "' on this node; it has " + suppliers.keySet());
        }
        return supplier.get();
    }
}
