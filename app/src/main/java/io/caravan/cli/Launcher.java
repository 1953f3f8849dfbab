package io.caravan.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/** Starts what verbs need. Every list is of Spring's own arguments, {@code --key=value}. */
public interface Launcher {

    /**
     * The whole application, started.
     *
     * @param web with its pages on {@code server.port}, or without
     */
    ConfigurableApplicationContext application(List<String> properties, boolean web);

    /** The ledgers alone: on the database of the server that runs on the data folder, or on one started for the verb. Close it. */
    ConfigurableApplicationContext ledgers(List<String> properties);

    /** Files, variables and options as the application would see them, without starting anything. */
    ConfigurableEnvironment environment(List<String> properties);

    /**
     * Everything that is wrong with routes, campaign files, their CSVs, templates and settings, {@code file:line: what; what to do}.
     *
     * @param notes is told what is no problem and worth knowing, in the same form
     */
    List<String> check(List<Path> paths, List<String> properties, Consumer<String> notes);

    /** One clear sentence for a person, and the exit code that goes with it. */
    Failure explain(Throwable failure);

    /** @param sentence what, where, what to do; several lines if several things are wrong */
    record Failure(String sentence, int exitCode) {
    }
}
