package io.caravan.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code check}: every problem at once, without a database. */
@Command(name = "check", description = {
        "Routes, campaign files with their templates and the CSV beside them, and settings: every problem at"
                + " once, as file:line: what; what to do. Needs no database.",
        "Rows of a CSV that would be left out are told on stderr; they are no problem.",
        "Exit: 0 clean; 1 problems."})
final class Check implements Callable<Integer> {

    private final Desk desk;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "Files or folders; without any, what the server would use.")
    private List<Path> paths = new ArrayList<>();

    Check(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        List<String> problems = desk.launcher().check(paths, desk.properties(),
                note -> desk.err().println("caravan: note: " + note));
        problems.forEach(desk.out()::println);
        if (problems.isEmpty()) {
            desk.err().println("caravan: nothing is wrong in " + (paths.isEmpty()
                    ? "the settings, routes and reply rules that the server would use"
                    : "the settings and " + String.join(", ", paths.stream().map(Path::toString).toList())));
        }
        return problems.isEmpty() ? 0 : 1;
    }
}
