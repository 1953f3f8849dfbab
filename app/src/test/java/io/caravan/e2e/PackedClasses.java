package io.caravan.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The application's own part of this JVM's class path: the same under Maven and in an IDE, and never an old jar. Its folders are packed,
 * because what the first process has loaded is kept for the others, and Java does that for jars only: each start takes half as long.
 */
final class PackedClasses {

    private PackedClasses() {
    }

    /** The class path, with what is packed lying in this folder. */
    static String into(Path into) {
        List<String> entries = new ArrayList<>();
        try {
            Files.createDirectories(into);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!Files.isDirectory(Path.of(entry))) {
                entries.add(entry);
            } else if (!Path.of(entry).endsWith("test-classes")) {
                Path jar = into.resolve(entries.size() + ".jar");
                int exit = ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "--create", "--file",
                        jar.toString(), "-C", entry, ".");
                if (exit != 0) {
                    throw new IllegalStateException("jar ended with " + exit + " for " + entry);
                }
                entries.add(jar.toString());
            }
        }
        return String.join(File.pathSeparator, entries);
    }
}
