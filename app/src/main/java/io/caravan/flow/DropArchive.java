package io.caravan.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.TemporaryFault;

/**
 * Where dropped files go: {@code done/DATE} or {@code refused/DATE}, each with a note beside it, nothing ever overwritten.
 *
 * <p>The note is written under a hidden name first, then the file moves, then the note gets its name. So a file that is still in the
 * drop folder is not over, and after a crash between the last two steps {@link #recover} finishes them.
 */
final class DropArchive {

    private static final String STAGED = ".staged";
    private static final List<String> ENDINGS = List.of(CampaignFile.ENDING, ".csv.gz", ".csv", ".tsv");

    private final Path drop;
    private final InstantSource clock;

    DropArchive(Path drop, InstantSource clock) {
        this.drop = drop;
        this.clock = clock;
    }

    /** Moves a file that was taken. {@code note} writes what is to stand beside it, whole and synced, or throws. */
    Path done(Path file, String noteEnding, Consumer<Path> note) {
        return archive("done", file, noteEnding, note);
    }

    Path refused(Path file, List<String> lines) {
        return archive("refused", file, ".refused.txt", target -> text(target, lines));
    }

    /** Moves a file that goes with a campaign, without a note. */
    void follow(Path file, Path campaignFile) {
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(file, free(campaignFile, file.getFileName().toString(), ""));
            }
        } catch (IOException e) {
            throw notMoved(file, e);
        }
    }

    /**
     * Finishes what a crash left half done.
     *
     * @return the campaign files whose companions may not have followed yet
     */
    List<Path> recover() {
        List<Path> campaigns = new ArrayList<>();
        try (Stream<Path> all = Files.isDirectory(drop) ? Files.walk(drop, 3) : Stream.empty()) {
            for (Path staged : all.filter(path -> path.getFileName().toString().endsWith(STAGED)).toList()) {
                String note = staged.getFileName().toString();
                Path named = staged.resolveSibling(note.substring(1, note.length() - STAGED.length()));
                Path input = input(named);
                if (Files.exists(input, LinkOption.NOFOLLOW_LINKS) && !Files.exists(named, LinkOption.NOFOLLOW_LINKS)) {
                    Files.move(staged, named);
                    if (input.getFileName().toString().endsWith(CampaignFile.ENDING)) {
                        campaigns.add(input);
                    }
                } else {
                    Files.delete(staged);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new TemporaryFault(
                    "the drop folder " + drop + " cannot be tidied up: " + e.getMessage() + "; check its permissions",
                    e);
        }
        return campaigns;
    }

    /**
     * Retention: removes the days of {@code done} and {@code refused} before this one.
     *
     * @return how many
     */
    int removeBefore(LocalDate day) {
        int removed = 0;
        for (String kind : List.of("done", "refused")) {
            Path folder = drop.resolve(kind);
            try (Stream<Path> days = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
                for (Path old : days.filter(path -> isBefore(path, day)).toList()) {
                    FileSystemUtils.deleteRecursively(old);
                    removed++;
                }
            } catch (IOException | UncheckedIOException e) {
                throw new TemporaryFault("old files in " + folder + " cannot be removed: " + e.getMessage()
                        + "; check its permissions", e);
            }
        }
        return removed;
    }

    /** Only what this class made: a folder named as a date. */
    private static boolean isBefore(Path path, LocalDate day) {
        try {
            return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                    && LocalDate.parse(path.getFileName().toString()).isBefore(day);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    static void text(Path target, List<String> lines) {
        try {
            Files.write(target, lines, StandardCharsets.UTF_8);
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path archive(String kind, Path file, String noteEnding, Consumer<Path> note) {
        try {
            Path folder = Files.createDirectories(
                    drop.resolve(kind).resolve(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString()));
            Path target = free(folder.resolve(file.getFileName()), file.getFileName().toString(), noteEnding);
            Path beside = target.resolveSibling(target.getFileName() + noteEnding);
            Path staged = target.resolveSibling("." + beside.getFileName() + STAGED);
            note.accept(staged);
            Files.move(file, target);
            Files.move(staged, beside);
            return target;
        } catch (IOException | UncheckedIOException e) {
            throw notMoved(file, e);
        }
    }

    private static TemporaryFault notMoved(Path file, Exception e) {
        return new TemporaryFault("'" + file.getFileName() + "' was read but cannot be put away: " + e.getMessage()
                + "; check free space and permissions of the drop folder, it is tried again", e);
    }

    /** {@code spring.csv}, else {@code spring-2.csv}, ... such that neither it nor its note is there. */
    private static Path free(Path neighbour, String name, String noteEnding) {
        String ending = ENDINGS.stream().filter(name.toLowerCase(Locale.ROOT)::endsWith).findFirst()
                .orElse(name.lastIndexOf('.') > 0 ? name.substring(name.lastIndexOf('.')) : "");
        String stem = name.substring(0, name.length() - ending.length());
        String own = name.substring(stem.length());
        for (int i = 1;; i++) {
            Path target = neighbour.resolveSibling(i == 1 ? name : stem + "-" + i + own);
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                    && !Files.exists(target.resolveSibling(target.getFileName() + noteEnding),
                            LinkOption.NOFOLLOW_LINKS)) {
                return target;
            }
        }
    }

    private static Path input(Path note) {
        String name = note.getFileName().toString();
        for (String ending : List.of(DropFolder.VERDICTS, DropFolder.REPORT, ".refused.txt")) {
            if (name.endsWith(ending)) {
                return note.resolveSibling(name.substring(0, name.length() - ending.length()));
            }
        }
        return note;
    }
}
