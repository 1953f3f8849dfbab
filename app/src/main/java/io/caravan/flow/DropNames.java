package io.caravan.flow;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.caravan.audience.Verdict;
import io.caravan.intake.CampaignFile;
import io.caravan.mail.InvalidInput;

/** What the names of dropped files mean. */
final class DropNames {

    private static final int LONGEST = 190;
    private static final List<String> CSV = List.of(".csv.gz", ".csv", ".tsv");

    private DropNames() {
    }

    static String of(Path path) {
        return String.valueOf(path.getFileName());
    }

    /** True for files that are taken; never {@code .part}, {@code .tmp} or a name with a dot in front. */
    static boolean isOurs(String name) {
        return !name.startsWith(".") && (isCsv(name) || isCampaign(name));
    }

    static boolean isCsv(String name) {
        return CSV.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    }

    static boolean isCampaign(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(CampaignFile.ENDING) || isMisnamed(name);
    }

    private static boolean isMisnamed(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".campaign.yml");
    }

    /** A CSV's list: its name without the ending. */
    static String list(String csv) {
        String ending = CSV.stream().filter(csv.toLowerCase(Locale.ROOT)::endsWith).findFirst().orElse("");
        return csv.substring(0, csv.length() - ending.length());
    }

    /** @throws InvalidInput for links, pipes, folders and names that could not stand in a report */
    static void check(Path path) {
        String name = of(path);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidInput(
                    "it is a "
                            + (Files.isSymbolicLink(path)
                                    ? "link"
                                    : Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                                            ? "folder"
                                            : "pipe or device")
                            + ", not a file; copy the file itself into the drop folder");
        }
        if (isMisnamed(name)) {
            throw new InvalidInput("campaign files end in " + CampaignFile.ENDING + "; rename it and drop it again");
        }
        if (!Files.isReadable(path)) {
            throw new InvalidInput("it cannot be read; give the user that Caravan runs as the right to read it");
        }
        if (name.length() > LONGEST || name.codePoints().anyMatch(Character::isISOControl)) {
            throw new InvalidInput(
                    "its name is longer than " + LONGEST + " characters or has control characters in it; rename it");
        }
    }

    static List<String> lines(ImportReport.Taken taken) {
        List<String> lines = new ArrayList<>(List.of("list " + taken.list() + ": " + words(taken.counts())));
        if (taken.again()) {
            lines.add("the same bytes as last time: nobody was changed");
        }
        return lines;
    }

    static List<String> lines(ImportReport.Cancelled cancelled) {
        return List.of("import " + cancelled.importId() + " into the list " + cancelled.list()
                + " was cancelled by a person", "What was in by then stays: " + words(cancelled.counts()),
                "To take the whole file, drop it again");
    }

    private static String words(Map<Verdict, Long> counts) {
        List<String> words = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            long count = counts.getOrDefault(verdict, 0L);
            if (count > 0) {
                words.add(count + " " + verdict.word());
            }
        }
        return words.isEmpty() ? "no rows" : String.join(", ", words);
    }
}
