package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.flow.DropFolder.Dropped;
import io.caravan.flow.DropFolder.Fate;
import io.caravan.mail.TemporaryFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Only whole files are taken, once, whatever is being written and wherever a crash came. */
class DropWholeTest extends DropFixture {

    @Test
    void leavesHalfWrittenAndHiddenFilesAlone() throws Exception {
        for (String name : List.of("a.csv.part", "b.csv.tmp", ".c.csv", "d.html", "e.txt")) {
            write(name, CSV);

            assertThat(take(name)).as(name).extracting(Dropped::fate).containsExactly(Fate.LEFT);
        }

        assertThat(take("gone.csv")).extracting(Dropped::fate).containsExactly(Fate.LEFT);
        assertThat(files()).containsExactly(".c.csv", "a.csv.part", "b.csv.tmp", "d.html", "e.txt");
        assertThat(folder.files()).isEmpty();
    }

    @Test
    void endsInTheSameStateAfterACrashBeforeTheFilesMoved() throws Exception {
        write("spring.csv", CSV);
        campaign("spring", "");
        Path done = Files.writeString(drop.resolve("done"), "a file where the folder should be");

        assertThatThrownBy(() -> take("spring.csv")).isInstanceOf(TemporaryFault.class)
                .hasMessageContaining("it is tried again");
        assertThat(drop.resolve("spring.csv")).exists();
        Files.delete(done);
        DropFolder restarted = folder(Duration.ZERO);
        List<Dropped> found = restarted.lookAgain();
        List<Dropped> csv = restarted.take(drop.resolve("spring.csv").toFile());

        assertThat(found).extracting(Dropped::fate).containsExactly(Fate.WAITING);
        assertThat(csv).extracting(Dropped::fate).containsExactly(Fate.TAKEN, Fate.TAKEN);
        assertThat(jdbc.sql("select count(*) from contact").query(Long.class).single()).isEqualTo(2);
        assertThat(campaigns.versions(campaigns.find("spring").orElseThrow().id())).hasSize(1);
    }

    @Test
    void finishesWhatACrashLeftBetweenTwoMoves() throws Exception {
        write("spring.csv", CSV);
        campaign("spring", "");
        take("spring.csv");
        take("spring.campaign.yaml");
        Path done = drop.resolve("done/2026-03-02");
        Files.move(done.resolve("spring.campaign.yaml.report.txt"),
                done.resolve(".spring.campaign.yaml.report.txt.staged"));
        Files.move(done.resolve("spring.html"), drop.resolve("spring.html"));
        Files.move(done.resolve("spring.csv.verdict.csv"), done.resolve(".spring.csv.verdict.csv.staged"));
        Files.writeString(done.resolve(".other.csv.verdict.csv.staged"), "its file never moved");

        folder(Duration.ZERO).lookAgain();

        assertThat(files()).containsExactlyInAnyOrder("done/2026-03-02/spring.csv",
                "done/2026-03-02/spring.csv.verdict.csv",
                "done/2026-03-02/spring.campaign.yaml", "done/2026-03-02/spring.campaign.yaml.report.txt",
                "done/2026-03-02/spring.html");
    }

    @Test
    void takesAtOnceWhatWasRenamedIntoPlace() throws Exception {
        folder = folder(Duration.ofHours(1));
        for (String[] file : new String[][]{{"spring.csv", CSV}, {"spring.html", "<p>Hi</p>"}, {"spring.campaign.yaml",
                "name: spring\nfrom: News <news@shop.example>\nsubject: Hello\nhtml: spring.html\nschedule: {at: now}\n"}}) {
            write("." + file[0] + ".part", file[1]);
            Files.move(drop.resolve("." + file[0] + ".part"), drop.resolve(file[0]), StandardCopyOption.ATOMIC_MOVE);
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> take("spring.csv").getFirst().fate() == Fate.TAKEN);
        assertThat(take("spring.campaign.yaml")).extracting(Dropped::fate).containsExactly(Fate.TAKEN);
        assertThat(campaigns.find("spring")).isPresent();
    }

    @Test
    void neverTakesAHalfWrittenFileForOneThatWasRenamed() throws Exception {
        folder = folder(Duration.ofHours(1));
        Path renamed = data.resolve("renamed");
        Files.writeString(renamed, CSV);
        Files.move(renamed, drop.resolve("again.csv"), StandardCopyOption.ATOMIC_MOVE);
        write("again.csv", CSV.substring(0, 30)); // whole when it came, and written again since

        for (int half = 1; half <= CSV.length(); half++) {
            write("people" + half + ".csv", CSV.substring(0, half));
            assertThat(take("people" + half + ".csv")).extracting(Dropped::fate).containsExactly(Fate.LEFT);
            assertThat(take("again.csv")).extracting(Dropped::fate).containsExactly(Fate.LEFT);
        }
        assertThat(files()).hasSize(CSV.length() + 1).noneMatch(file -> file.startsWith("done/"));
    }

    @Test
    void takesAFileThatWasWrittenInPlaceWhenItHasBeenStill() throws Exception {
        folder = folder(Duration.ofMillis(600));
        write("people.csv", CSV);
        long written = System.nanoTime();

        assertThat(take("people.csv")).extracting(Dropped::fate).containsExactly(Fate.LEFT);
        await().pollInterval(Duration.ofMillis(20)).until(() -> take("people.csv").getFirst().fate() == Fate.TAKEN);

        assertThat(Duration.ofNanos(System.nanoTime() - written)).isGreaterThan(Duration.ofMillis(590));
    }

    @Test
    void waitsForATemplateThatIsStillBeingCopied() throws Exception {
        folder = folder(Duration.ofSeconds(1));
        write("spring.csv", CSV);
        await().atMost(Duration.ofSeconds(20)).until(() -> take("spring.csv").getFirst().fate() == Fate.TAKEN);
        campaign("spring", "");
        Files.delete(drop.resolve("spring.html"));
        Thread copier = Thread.ofPlatform().start(() -> {
            try {
                Path part = Files.writeString(data.resolve("part"), "<p>late</p>");
                Files.move(part, drop.resolve("spring.html"));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        await().atMost(Duration.ofSeconds(20))
                .until(() -> take("spring.campaign.yaml").getFirst().fate() == Fate.TAKEN);

        copier.join();
        assertThat(campaigns.find("spring")).isPresent();
    }
}
