package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import io.caravan.mail.InvalidInput;

/**
 * A route file as text.
 *
 * @param name  without folder, ending in {@code .camel.yaml}; what layers replace each other by
 * @param shown for messages: a path, or {@code (packed) NAME}
 */
public record RouteFile(String name, String shown, String text) {

    static final String ENDING = ".camel.yaml";
    static final int LARGEST = 256 * 1024; // bytes; the shipped ones have 2 kB

    /**
     * The packed files, and over them those of a folder: a file of the same name replaces, a new one adds. In the order of their names.
     *
     * @param folder may be absent, and need not exist
     * @throws InvalidInput for files that cannot be read, all at once
     */
    public static List<RouteFile> layered(@Nullable Path folder) {
        Map<String, RouteFile> files = new TreeMap<>();
        packed().forEach(file -> files.put(file.name, file));
        if (folder != null && Files.isDirectory(folder)) {
            inFolder(folder).forEach(file -> files.put(file.name, file));
        }
        return List.copyOf(files.values());
    }

    /** A set with some files laid over it. */
    public static List<RouteFile> layered(List<RouteFile> below, List<RouteFile> above) {
        Map<String, RouteFile> files = new TreeMap<>();
        below.forEach(file -> files.put(file.name, file));
        above.forEach(file -> files.put(file.name, file));
        return List.copyOf(files.values());
    }

    /** The files that ship with the program, from the class path. */
    public static List<RouteFile> packed() {
        try {
            List<RouteFile> files = new ArrayList<>();
            for (Resource found : new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:routes/*" + ENDING)) {
                String name = String.valueOf(found.getFilename());
                try (InputStream in = found.getInputStream()) {
                    files.add(new RouteFile(name, "(packed) " + name,
                            new String(in.readAllBytes(), StandardCharsets.UTF_8)));
                }
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the packed routes cannot be read: the program's jar is damaged, fetch it again", e);
        }
    }

    /** One file of an owner. Symbolic links are followed, since mounted folders are made of them; what they lead to must be a file. */
    public static RouteFile read(Path path) {
        String name = path.getFileName().toString();
        try {
            if (!name.endsWith(ENDING)) {
                throw new InvalidInput(
                        path + ":1: only files that end in " + ENDING + " are routes; rename or remove it");
            }
            if (!Files.isRegularFile(path) || Files.size(path) > LARGEST) {
                throw new InvalidInput(
                        path + ":1: is not a plain file of at most 256 kB; put a route file there or remove it");
            }
            return new RouteFile(name, path.toString(), Files.readString(path));
        } catch (CharacterCodingException e) {
            throw new InvalidInput(path + ":1: is not UTF-8 text; save it as UTF-8", e);
        } catch (IOException e) {
            throw new InvalidInput(path + ":1: cannot be read (" + e.getMessage() + "); check its owner and mode", e);
        }
    }

    private static List<RouteFile> inFolder(Path folder) {
        List<RouteFile> files = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder, "*.{yaml,yml,xml,java,groovy}")) {
            for (Path path : listing) {
                try {
                    if (!path.getFileName().toString().startsWith(".")) {
                        files.add(read(path));
                    }
                } catch (InvalidInput e) {
                    problems.addAll(e.problems());
                }
            }
        } catch (IOException e) {
            problems.add(folder + ":1: cannot be listed (" + e.getMessage() + "); check its owner and mode");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return files;
    }
}
