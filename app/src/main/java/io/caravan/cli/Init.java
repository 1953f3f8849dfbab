package io.caravan.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.springframework.core.io.ClassPathResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code init}: something to begin from. */
@Command(name = "init", description = {
        "Writes a commented campaign file, a CSV and a template to begin from. Never overwrites.",
        "Exit: 0 written; 2 refused."})
final class Init implements Callable<Integer> {

    private final Desk desk;

    @Parameters(paramLabel = "CAMPAIGN", description = "The campaign's name: letters, digits, - and _.")
    private String name = "";

    @Option(names = "--into", paramLabel = "FOLDER", defaultValue = ".", description = "Where to write (the working folder).")
    private Path folder = Path.of(".");

    Init(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        if (!name.matches("[A-Za-z0-9_-]{1,100}")) {
            desk.err().println("caravan: '" + name + "' cannot be a campaign's name: use letters, digits, - and _");
            return 2;
        }
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(folder.resolve(name + ".campaign.yaml"), "campaign.yaml");
        files.put(folder.resolve(name + ".csv"), "recipients.csv");
        files.put(folder.resolve(name + ".html"), "template.html");
        List<Path> there = files.keySet().stream().filter(Files::exists).toList();
        if (!there.isEmpty()) {
            there.forEach(file -> desk.err()
                    .println("caravan: " + file + " is there already: take another name, or move it away"));
            return 2;
        }
        files.forEach(this::write);
        desk.err().println(
                "To send it, move the three files into the drop folder, the campaign file last; to look first: caravan check "
                        + files.keySet().iterator().next());
        return 0;
    }

    private void write(Path file, String starter) {
        try {
            Files.createDirectories(folder);
            String text = new String(new ClassPathResource("io/caravan/cli/" + starter).getContentAsByteArray(),
                    java.nio.charset.StandardCharsets.UTF_8);
            Files.writeString(file, text.replace("CAMPAIGN", name), StandardOpenOption.CREATE_NEW);
            desk.out().println(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
