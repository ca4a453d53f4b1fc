package io.quorate.cli.demo;

import io.quorate.wal.log.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is fed: the lines of a file, each with its line end, so that the entries put together are the file. */
public final class DemoInputs {
    private static final int MAX_LINE_BYTES = 1 << 20;

    private DemoInputs() {}

    public static List<Bytes> ofFile(Path file) throws IOException {
        return lines(Files.readAllBytes(file));
    }

    /** The sources and documents below a directory, in the order of their names, as one stream. */
    public static List<Bytes> ofProject(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(root)) {
            files = tree.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".java") || file.toString().endsWith(".md"))
                    .filter(file -> !isBuilt(root.relativize(file)))
                    .sorted()
                    .toList();
        }
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (Path file : files) {
            stream.write(Files.readAllBytes(file));
        }
        return lines(stream.toByteArray());
    }

    private static boolean isBuilt(Path file) {
        for (Path name : file) {
            if (name.toString().equals("target")) {
                return true;
            }
        }
        return false;
    }

    private static List<Bytes> lines(byte[] bytes) {
        List<Bytes> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n' || i == bytes.length - 1 || i - begin == MAX_LINE_BYTES - 1) {
                lines.add(Bytes.wrap(bytes, begin, i + 1 - begin));
                begin = i + 1;
            }
        }
        return lines;
    }
}
