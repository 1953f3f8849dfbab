package io.caravan.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The refused files of the last week that nobody has dropped again since, as they lie in the drop folder: a restart forgets none. */
@Component
public class RefusedFiles {

    private static final String NOTE = ".refused.txt";
    private static final int DAYS = 7;
    private static final int MOST = 20;
    private static final Duration FRESH = Duration.ofSeconds(2);

    /**
     * @param file     its name, as it was dropped
     * @param at       when it was refused
     * @param problems what is wrong with it
     * @param lies     where it lies now, with its note, from the drop folder on
     */
    public record RefusedFile(String file, Instant at, List<String> problems, String lies) {
    }

    private record Seen(Instant at, List<RefusedFile> files) {
    }

    private final Path drop;
    private final InstantSource clock;
    private volatile Seen seen = new Seen(Instant.MIN, List.of());

    RefusedFiles(@Value("${caravan.data:./data}") String data, InstantSource clock) {
        drop = Path.of(data, "drop");
        this.clock = clock;
    }

    /** The newest first, at most twenty; two seconds old at most, since pages ask every second. */
    public List<RefusedFile> open() {
        Instant now = clock.instant();
        if (seen.at.plus(FRESH).isBefore(now)) {
            seen = new Seen(now, look(LocalDate.ofInstant(now, ZoneOffset.UTC)));
        }
        return seen.files;
    }

    private List<RefusedFile> look(LocalDate today) {
        List<RefusedFile> open = new ArrayList<>();
        for (int back = 0; back < DAYS && open.size() < MOST; back++) {
            LocalDate day = today.minusDays(back);
            list(drop.resolve("refused").resolve(day.toString()), NOTE).stream().map(this::read)
                    .sorted(Comparator.comparing(RefusedFile::at).reversed())
                    .filter(refused -> !takenSince(refused, day, today) && noneOf(open, refused.file))
                    .limit(MOST - open.size()).forEach(open::add);
        }
        return open;
    }

    private static boolean noneOf(List<RefusedFile> open, String file) {
        return open.stream().noneMatch(other -> other.file.equals(file));
    }

    private RefusedFile read(Path note) {
        try {
            List<String> lines = Files.readAllLines(note);
            String name = lines.isEmpty() ? "" : lines.getFirst().replaceFirst("^'(.*)' is refused.*$", "$1");
            List<String> problems = lines.stream().skip(1).filter(line -> !line.isBlank()).toList();
            String lies = drop.relativize(note).toString().replaceFirst(Pattern.quote(NOTE) + "$", "");
            return new RefusedFile(name, Files.getLastModifiedTime(note).toInstant(),
                    problems.subList(0, Math.max(0, problems.size() - 1)), lies); // the last one says to drop it again
        } catch (IOException e) {
            return new RefusedFile(note.getFileName().toString(), Instant.EPOCH,
                    List.of("its note cannot be read: " + e.getMessage()), drop.relativize(note).toString());
        }
    }

    private boolean takenSince(RefusedFile refused, LocalDate from, LocalDate to) {
        int dot = refused.file.indexOf('.');
        Pattern again = Pattern.compile(Pattern.quote(dot < 0 ? refused.file : refused.file.substring(0, dot))
                + "(-\\d+)?" + Pattern.quote(dot < 0 ? "" : refused.file.substring(dot))
                + "\\.(verdict\\.csv|report\\.txt)");
        return from.datesUntil(to.plusDays(1)).map(day -> drop.resolve("done").resolve(day.toString()))
                .flatMap(folder -> list(folder, "").stream())
                .anyMatch(note -> again.matcher(note.getFileName().toString()).matches()
                        && modified(note).isAfter(refused.at));
    }

    private static Instant modified(Path note) {
        try {
            return Files.getLastModifiedTime(note).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH; // removed just now
        }
    }

    private static List<Path> list(Path folder, String ending) {
        try (Stream<Path> all = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            return all.filter(path -> path.getFileName().toString().endsWith(ending)
                    && !path.getFileName().toString().startsWith(".")).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // swept away just now
        }
    }
}
