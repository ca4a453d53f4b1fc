package io.quorate.tests.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Libraries in C that stand before the system's when a process is started with {@code LD_PRELOAD}. */
final class PreloadedLibrary {
    private PreloadedLibrary() {}

    /** Compiles the resource {@code name.c} into a directory. */
    static Path compile(String name, Path directory) throws IOException {
        Path source = directory.resolve(name + ".c");
        try (InputStream in = PreloadedLibrary.class.getResourceAsStream(name + ".c")) {
            Files.copy(in, source);
        }
        Path library = directory.resolve(name + ".so");
        Shell.run("gcc", "-O2", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
        return library;
    }
}
