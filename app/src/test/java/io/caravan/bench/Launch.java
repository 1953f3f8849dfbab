package io.caravan.bench;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * How a process of the product is started.
 *
 * @param without     part of the name of a library that it has to do without
 * @param environment more of it
 * @param beside      the product whose database it uses
 */
record Launch(String heap, @Nullable String without, Map<String, String> environment, @Nullable Product beside) {

    Launch(String heap) {
        this(heap, null, Map.of(), null);
    }

    Launch without(String library) {
        return new Launch(heap, library, environment, beside);
    }

    Launch with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Launch(heap, without, more, beside);
    }

    Launch beside(Product first) {
        return new Launch(heap, without, environment, first);
    }

    ProcessBuilder process(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx" + heap, "--enable-native-access=ALL-UNNAMED", "-XX:+UseParallelGC", "-cp", classPath(),
                "io.caravan.Application"));
        command.addAll(arguments);
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().put("MALLOC_ARENA_MAX", "2"); // as in Dockerfile
        process.environment().putAll(environment);
        return process;
    }

    /** The product's own classes and libraries, without the tests'. */
    private String classPath() {
        String whole = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(whole.split(File.pathSeparator)).filter(entry -> !entry.endsWith("test-classes"))
                .filter(entry -> without == null || !Path.of(entry).getFileName().toString().contains(without))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
