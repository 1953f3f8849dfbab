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
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The refused files of the last week that still want a person, as they lie in the drop folder: a restart forgets none. One is settled when
 * a corrected file takes its place, or when a person dismisses it; a note beside it says which, and when.
 */
@Component
public class RefusedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedFiles.class);
    private static final String NOTE = ".refused.txt";
    private static final String SETTLED = ".settled.txt";
    private static final Pattern REFUSED = Pattern.compile("'(.*)' is refused.*");
    private static final String CANCELLED = " was cancelled by a person";
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

    private static final Seen NOTHING = new Seen(Instant.MIN, List.of());

    private final Path drop;
    private final InstantSource clock;
    private volatile Seen seen = NOTHING;

    @Autowired
    public RefusedFiles(@Value("${caravan.data:./data}") String data, InstantSource clock) {
        this(Path.of(data, "drop"), clock);
    }

    RefusedFiles(Path drop, InstantSource clock) {
        this.drop = drop;
        this.clock = clock;
    }

    /** The newest first, one for each name, at most twenty; two seconds old at most, since pages ask every second. */
    public List<RefusedFile> open() {
        Instant now = clock.instant();
        if (seen.at.plus(FRESH).isBefore(now)) {
            seen = new Seen(now, look());
        }
        return seen.files;
    }

    /**
     * A file is taken: one of its name that was refused is settled by it. A CSV's name is that of its list, whatever its ending.
     *
     * @param by what took it, in words: {@code import 12}
     * @return the sentence for the story of the file that is taken; null: none of its name was refused
     */
    @Nullable
    String corrected(String file, String by) {
        RefusedFile refused = look().stream().filter(open -> name(open.file).equals(name(file))).findFirst()
                .orElse(null);
        if (refused == null) {
            return null;
        }
        settle(refused, "A corrected file was taken: " + by);
        return "it takes the place of " + refused.lies + ", which was refused at "
                + refused.at.truncatedTo(ChronoUnit.SECONDS) + " and needs nobody any more";
    }

    /** One was refused just now: who asks next is told of it. */
    void again() {
        seen = NOTHING;
    }

    /**
     * A person has seen it and does not want to be told again. The file stays where it lies.
     *
     * @param lies as {@link RefusedFile#lies} says
     * @return false if it is not there, or settled already
     */
    public boolean dismiss(String lies) {
        RefusedFile refused = look().stream().filter(open -> open.lies.equals(lies)).findFirst().orElse(null);
        if (refused == null) {
            return false;
        }
        settle(refused, "Dismissed by a person");
        LOG.info("event=refused-file-dismissed file=\"{}\" lies=\"{}\" by=person", refused.file, refused.lies);
        return true;
    }

    /** Where the refused files of the last week lie whose place the file of an import has taken. */
    public List<String> replacedBy(String by) {
        return days().flatMap(day -> list(day, SETTLED).stream()).filter(note -> lines(note).getFirst()
                .startsWith("A corrected file was taken: " + by + ", ")).map(note -> lies(note, SETTLED)).toList();
    }

    private void settle(RefusedFile refused, String how) {
        DropArchive.text(drop.resolve(refused.lies + SETTLED),
                List.of(how + ", " + clock.instant().truncatedTo(ChronoUnit.SECONDS)));
        seen = NOTHING;
    }

    private Stream<Path> days() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return IntStream.range(0, DAYS)
                .mapToObj(back -> drop.resolve("refused").resolve(today.minusDays(back).toString()));
    }

    private List<RefusedFile> look() {
        Set<String> names = new HashSet<>(); // of one name only the last one counts
        return days().flatMap(day -> list(day, NOTE).stream().map(this::read).flatMap(Optional::stream)
                .sorted(Comparator.comparing(RefusedFile::at).reversed()))
                .filter(refused -> names.add(name(refused.file)))
                .filter(refused -> !Files.exists(drop.resolve(refused.lies + SETTLED))).limit(MOST).toList();
    }

    /** Empty: it is no refusal, a person cancelled its import. */
    private Optional<RefusedFile> read(Path note) {
        List<String> lines = lines(note);
        Matcher first = REFUSED.matcher(lines.getFirst());
        String lies = lies(note, NOTE);
        if (lines.getFirst().endsWith(CANCELLED)) {
            return Optional.empty();
        }
        List<String> problems = lines.stream().skip(1).filter(line -> !line.isBlank()).toList();
        return Optional.of(new RefusedFile(first.matches() ? first.group(1) : DropNames.of(Path.of(lies)),
                modified(note), problems.subList(0, Math.max(0, problems.size() - 1)), lies)); // the last one says to drop it again
    }

    private String lies(Path note, String ending) {
        String name = drop.relativize(note).toString();
        return name.substring(0, name.length() - ending.length());
    }

    private static List<String> lines(Path note) {
        try {
            List<String> lines = Files.readAllLines(note);
            return lines.isEmpty() ? List.of("") : lines;
        } catch (IOException e) {
            return List.of("", "its note cannot be read: " + e.getMessage(), "");
        }
    }

    /** What a corrected file has in common with the one that was refused. */
    private static String name(String file) {
        return DropNames.isCsv(file) ? "list " + DropNames.list(file) : file.replaceFirst("(?i)[.]ya?ml$", "");
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
