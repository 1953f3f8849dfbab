package io.caravan.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The papers name what is there: a room that moved and a class that was renamed are to be told in them, too. */
class PapersTest {

    private static final Path MAIN = Path.of("app/src/main/java/io/caravan");
    private static final Path TEST = Path.of("app/src/test/java/io/caravan");
    /** {@code `flow/Pump`}, {@code `flow/RunSteps.due`}, {@code `transport.LastLook`}. */
    private static final Pattern CLASS_IN_ROOM = Pattern.compile("`([a-z]+)[/.]([A-Z][a-z]\\w+)(?:\\.(\\w+))?`");
    /** {@code `Recorder`}, {@code `RunSteps.advance`}. */
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]\\w+)(?:\\.\\w+(?:\\(\\))?)?`");
    private static final Pattern FILE = Pattern.compile("`((?:routes|templates|db|examples|app)/[\\w./-]+)`");
    /** {@code V0NN__one_idea.sql}, {@code templates/web/SUBJECT}, and what is in the data folder. */
    private static final Pattern PATTERN_OF_FILE = Pattern.compile("NN|/[A-Z]+$|\\.log$");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)\\)");
    /** Not ours: of the JDK, and files. */
    private static final Set<String> OTHERS = Set.of("Clock", "InstantSource", "Dockerfile");

    @Test
    void theTreeHasEveryRoomAndNoOther() throws IOException {
        String tree = read(Path.of("ARCHITECTURE.md")).split("\n## ")[1];
        Set<String> drawn = matches("(?m)^ {6}([a-z]+)/ ", tree).map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(drawn).isEqualTo(rooms());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md"})
    void theFloorPlanHasEveryRoomOrItsWing(String paper) throws IOException {
        String text = read(Path.of(paper));
        String doors = matches("(?m)^    4  ([a-z ]+?)  ", text).map(found -> found.group(1)).findFirst().orElseThrow();

        assertThat(Rooms.list(doors)).containsExactlyInAnyOrderElementsOf(
                Rooms.list(Rooms.DOORS).stream().filter(rooms()::contains).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "README.md", "UPGRADING.md",
            "db/README.md", "routes/README.md"})
    void everyClassAndFileThatIsNamedExists(String paper) throws IOException {
        String text = read(Path.of(paper));
        List<String> missing = Stream.of(
                CLASS_IN_ROOM.matcher(text).results()
                        .filter(found -> !exists(found.group(1) + "/" + found.group(2)) || !hasMember(found))
                        .map(MatchResult::group),
                CLASS.matcher(text).results()
                        .filter(found -> !OTHERS.contains(found.group(1)) && !anywhere(found.group(1)))
                        .map(MatchResult::group),
                FILE.matcher(text).results().filter(found -> !PATTERN_OF_FILE.matcher(found.group(1)).find())
                        .filter(found -> !isFile(found.group(1))).map(MatchResult::group),
                LINK.matcher(text).results()
                        .filter(found -> !Files.exists(Path.of(paper).resolveSibling(found.group(1))))
                        .map(MatchResult::group))
                .flatMap(found -> found).distinct().toList();

        assertThat(missing).as("named in " + paper + " and not there").isEmpty();
    }

    private static boolean exists(String file) {
        return Stream.of(MAIN, TEST).anyMatch(root -> Files.exists(root.resolve(file + ".java")));
    }

    private static boolean hasMember(MatchResult found) {
        return found.group(3) == null
                || read(MAIN.resolve(found.group(1) + "/" + found.group(2) + ".java")).contains(found.group(3));
    }

    /** As a file of its own, or a type within one. */
    private static boolean anywhere(String name) {
        try (Stream<Path> main = Files.walk(MAIN); Stream<Path> test = Files.walk(TEST)) {
            List<Path> files = Stream.concat(main, test).filter(path -> path.toString().endsWith(".java")).toList();
            return files.stream().anyMatch(path -> path.getFileName().toString().equals(name + ".java"))
                    || files.stream().anyMatch(
                            path -> Pattern.compile("(class|record|interface|enum) " + name + "\\b")
                                    .matcher(read(path)).find());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code routes/10-drop-folder} stands for its file of routes. */
    private static boolean isFile(String named) {
        return Files.exists(Path.of(named)) || Files.exists(Path.of(named + ".camel.yaml"));
    }

    private static Set<String> rooms() throws IOException {
        try (Stream<Path> folders = Files.list(MAIN)) {
            return folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Stream<MatchResult> matches(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
