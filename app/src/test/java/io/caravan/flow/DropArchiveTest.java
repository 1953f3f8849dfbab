package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DropArchiveTest {

    @TempDir
    Path home;

    @Test
    void removesTheDaysThatAreOlderAndNothingElse() throws IOException {
        Path drop = home.resolve("drop");
        for (String file : List.of("done/2026-01-30/a.csv", "done/2026-01-30/a.csv.verdict.csv",
                "refused/2026-01-31/b.csv", "done/2026-02-01/c.csv", "done/mine/d.csv", "done/2026-01-30.txt", "e.csv",
                "2026-01-30/f.csv")) {
            Files.createDirectories(drop.resolve(file).getParent());
            Files.writeString(drop.resolve(file), "x");
        }
        Path outside = Files.createDirectory(home.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "x");
        Files.createSymbolicLink(drop.resolve("done/2026-01-29"), outside);

        int removed = new DropArchive(drop, InstantSource.system()).removeBefore(LocalDate.of(2026, 2, 1));

        assertThat(removed).isEqualTo(2);
        try (Stream<Path> left = Files.walk(drop)) {
            assertThat(left.filter(Files::isRegularFile).map(path -> drop.relativize(path).toString()))
                    .containsExactlyInAnyOrder("done/2026-02-01/c.csv", "done/mine/d.csv", "done/2026-01-30.txt",
                            "e.csv", "2026-01-30/f.csv");
        }
        assertThat(outside.resolve("kept")).exists();
    }
}
