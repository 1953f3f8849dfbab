package io.caravan.flow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.content.Contents;
import io.caravan.flow.DropFolder.Dropped;
import io.caravan.flow.DropFolder.Fate;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;
import io.caravan.mail.RunState;
import io.caravan.mail.TemporaryFault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class DropFolderTest {

    private static final DataSource DATABASE = TestDatabase.fresh();
    private static final Instant NOW = Instant.parse("2026-03-02T08:00:00Z");
    private static final String CSV = "email,first_name\nana@a.example,Ana\nbob@b.example,Bob\nnot-an-address,X\n";

    @TempDir
    private Path data;
    private Path drop;
    private final InstantSource clock = () -> NOW;
    private final JdbcClient jdbc = JdbcClient.create(DATABASE);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(DATABASE));
    private final Imports imports = new Imports(new JdbcTemplate(DATABASE), transaction, clock);
    private final Runs runs = new Runs(jdbc, transaction, clock);
    private final Campaigns campaigns = new Campaigns(jdbc, transaction, clock, runs);
    private final List<CampaignId> changed = new ArrayList<>();
    private List<String> templateProblems = List.of();
    private DropFolder folder;

    @BeforeEach
    void empties() throws IOException {
        JdbcTemplate template = new JdbcTemplate(DATABASE);
        for (String table : List.of("campaign", "campaign_version", "run", "content", "import_row", "import",
                "list_member", "list",
                "contact_version", "contact")) {
            template.execute("delete from " + table);
        }
        drop = Files.createDirectories(data.resolve("drop"));
        folder = folder(Duration.ZERO);
    }

    @Test
    void importsACsvAloneIntoTheListOfItsName() throws Exception {
        write("people.csv", CSV);

        List<Dropped> dropped = take("people.csv");

        assertThat(dropped).singleElement().satisfies(d -> {
            assertThat(d.fate()).isEqualTo(Fate.TAKEN);
            assertThat(d.lines()).containsExactly("list people: 2 accepted, 1 invalid");
        });
        assertThat(files()).containsExactly("done/2026-03-02/people.csv", "done/2026-03-02/people.csv.verdict.csv");
        assertThat(read("done/2026-03-02/people.csv.verdict.csv"))
                .startsWith("row,line,address,verdict,reason\n2,2,ana@a.example,accepted,\n")
                .hasLineCount(4);
        assertThat(imports.lastFinished("people")).isPresent();
    }

    @Test
    void takesACampaignAfterItsCsv() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        campaign("spring", "");

        List<Dropped> dropped = take("spring.campaign.yaml");

        assertThat(dropped).extracting(Dropped::fate).containsExactly(Fate.TAKEN);
        Campaign campaign = campaigns.find("spring").orElseThrow();
        assertThat(campaign.state()).isEqualTo(CampaignState.SCHEDULED);
        assertThat(changed).containsExactly(campaign.id());
        var version = campaigns.version(campaign.id(), 1);
        assertThat(new Contents(jdbc, clock).bytes(version.contents().get("spring.html")))
                .isEqualTo("<p>spring</p>".getBytes());
        assertThat(files())
                .contains("done/2026-03-02/spring.campaign.yaml", "done/2026-03-02/spring.campaign.yaml.report.txt",
                        "done/2026-03-02/spring.html")
                .noneMatch(f -> !f.startsWith("done/"));
        assertThat(read("done/2026-03-02/spring.campaign.yaml.report.txt"))
                .contains("campaign spring is new: version 1").contains("scheduled: now");
    }

    @Test
    void letsACampaignWaitForItsCsvAndTakesItRightAfter() throws Exception {
        campaign("spring", "audience: {csv: people.csv}\n");

        List<Dropped> first = take("spring.campaign.yaml");
        write("people.csv", CSV);
        List<Dropped> second = take("people.csv");

        assertThat(first)
                .containsExactly(new Dropped("spring.campaign.yaml", Fate.WAITING, List.of("waits for people.csv")));
        assertThat(second).extracting(Dropped::file).containsExactly("people.csv", "spring.campaign.yaml");
        assertThat(second).extracting(Dropped::fate).containsOnly(Fate.TAKEN);
        assertThat(campaigns.find("spring")).isPresent();
    }

    @Test
    void waitsWhileTheCsvLiesThereEvenIfAnOlderImportIsKnown() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        write("spring.csv", CSV + "cid@c.example,Cid\n");
        campaign("spring", "");

        assertThat(take("spring.campaign.yaml")).extracting(Dropped::fate).containsExactly(Fate.WAITING);
        assertThat(take("spring.csv")).extracting(Dropped::fate).containsExactly(Fate.TAKEN, Fate.TAKEN);
    }

    @Test
    void usesTheLastImportOfANamedCsv() throws Exception {
        write("people.csv", CSV);
        take("people.csv");
        campaign("spring", "audience: {csv: people.csv.gz}\n");

        assertThat(take("spring.campaign.yaml")).extracting(Dropped::fate).containsExactly(Fate.TAKEN);
    }

    @Test
    void readsTheCsvAsTheWaitingCampaignSays() throws Exception {
        campaign("spring", "audience: {columns: [email, first_name], mode: replace}\n");
        take("spring.campaign.yaml");
        write("spring.csv", "ana@a.example,Ana\n");

        assertThat(take("spring.csv").getFirst().lines()).containsExactly("list spring: 1 accepted");
        write("spring.csv", "bob@b.example,Bob\n"); // and so the next time, when the campaign is only known
        assertThat(take("spring.csv").getFirst().lines()).containsExactly("list spring: 1 accepted");
        assertThat(new Lists(jdbc, clock).find("spring").map(new Lists(jdbc, clock)::members)).hasValue(1L);
    }

    @Test
    void changesNothingWhenTheSameFilesComeAgain() throws Exception {
        write("spring.csv", CSV);
        campaign("spring", "");
        take("spring.campaign.yaml");
        take("spring.csv");
        write("spring.csv", CSV);
        campaign("spring", "");

        List<Dropped> again = take("spring.csv");
        List<Dropped> campaignAgain = take("spring.campaign.yaml");

        assertThat(again.getFirst().lines()).contains("the same bytes as last time: nobody was changed");
        assertThat(campaignAgain.getFirst().lines())
                .containsExactly("campaign spring is unchanged at version 1: nothing to do");
        assertThat(files()).contains("done/2026-03-02/spring-2.csv", "done/2026-03-02/spring-2.csv.verdict.csv",
                "done/2026-03-02/spring-2.campaign.yaml", "done/2026-03-02/spring-2.campaign.yaml.report.txt",
                "done/2026-03-02/spring-2.html");
        assertThat(campaigns.all()).hasSize(1);
    }

    @Test
    void refusesABadCampaignWithEveryReasonAndKeepsItsTemplates() throws Exception {
        write("spring.html", "x");
        write("spring.campaign.yaml", "name: spring\nfrom: nobody\nsubjet: x\nhtml: spring.html\n");

        assertThat(take("spring.campaign.yaml")).extracting(Dropped::fate).containsExactly(Fate.REFUSED);

        assertThat(files()).containsExactly("refused/2026-03-02/spring.campaign.yaml",
                "refused/2026-03-02/spring.campaign.yaml.refused.txt", "spring.html");
        assertThat(read("refused/2026-03-02/spring.campaign.yaml.refused.txt")).contains("Nothing of it was taken")
                .contains("spring.campaign.yaml:2: from:").contains("spring.campaign.yaml:3: unknown key 'subjet'");
        assertThat(campaigns.all()).isEmpty();
    }

    @Test
    void refusesACampaignWhoseWorkflowDoesNotExistAndNamesThoseThatDo() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        campaign("spring", "workflow: busines-hours\n");

        assertThat(take("spring.campaign.yaml")).extracting(Dropped::fate).containsExactly(Fate.REFUSED);

        assertThat(read("refused/2026-03-02/spring.campaign.yaml.refused.txt")).contains(
                "spring.campaign.yaml:6: workflow: there is no workflow 'busines-hours'; use one of business-hours, standard");
        assertThat(campaigns.all()).isEmpty();
    }

    @Test
    void refusesACsvWithoutAddressesAndLetsTheCampaignWaitOn() throws Exception {
        campaign("spring", "");
        take("spring.campaign.yaml");
        write("spring.csv", "a,b\n1,2\n");

        assertThat(take("spring.csv")).extracting(Dropped::fate).containsExactly(Fate.REFUSED);

        assertThat(files()).contains("refused/2026-03-02/spring.csv", "refused/2026-03-02/spring.csv.refused.txt",
                "spring.campaign.yaml",
                "spring.html");
        write("spring.csv", CSV);
        assertThat(take("spring.csv")).extracting(Dropped::fate).containsExactly(Fate.TAKEN, Fate.TAKEN);
    }

    @Test
    void refusesTemplatesThatDoNotCompileAndFilesThatAreNotThere() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        campaign("spring", "");
        templateProblems = List.of("spring.html:1: bad; mend it");

        assertThat(take("spring.campaign.yaml").getFirst().lines()).containsExactly("spring.html:1: bad; mend it");

        templateProblems = List.of();
        campaign("spring", "attachments: [terms.pdf]\n");
        assertThat(take("spring.campaign.yaml").getFirst().lines()).singleElement().asString()
                .startsWith("spring.campaign.yaml:6: there is no file 'terms.pdf'; put it beside");
        assertThat(campaigns.all()).isEmpty();
    }

    @Test
    void refusesExclusionsOfUnknownListsSinceTheyWouldMailThem() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        campaign("spring", "audience: {exclude: ['list:stuff', 'campaign:winter']}\n");

        assertThat(take("spring.campaign.yaml").getFirst().lines()).containsExactly(
                "spring.campaign.yaml:6: audience: there is no list 'stuff'; drop stuff.csv first, or correct the name",
                "spring.campaign.yaml:6: audience: there is no campaign 'winter'; correct the name, or take it out");

        campaign("spring", "audience: {exclude: ['list:staff']}\n");
        write("staff.csv", "email\nboss@s.example\n");
        assertThat(take("spring.campaign.yaml").getFirst().lines()).containsExactly("waits for staff.csv");
        assertThat(take("staff.csv")).extracting(Dropped::fate).containsExactly(Fate.TAKEN, Fate.TAKEN);
    }

    @Test
    void opensARefusedRunAgainWhenTheCorrectedCsvComes() throws Exception {
        write("spring.csv", CSV);
        campaign("spring", "");
        take("spring.csv");
        take("spring.campaign.yaml");
        CampaignId id = campaigns.find("spring").orElseThrow().id();
        Run run = runs.open(id, NOW, RunState.PLANNING, null).orElseThrow();
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.REFUSED, "row 1 has no city");
        changed.clear();
        write("spring.csv", CSV.replace("Ana", "Anna"));

        List<Dropped> dropped = take("spring.csv");

        assertThat(dropped.getFirst().lines()).anyMatch(line -> line.contains("run 2 is opened, planning"));
        assertThat(runs.of(id)).extracting(Run::state).containsExactly(RunState.REFUSED, RunState.PLANNING);
        assertThat(changed).containsExactly(id);
    }

    @Test
    void refusesLinksPipesAndFoldersWithoutLookingInside() throws Exception {
        Path secret = Files.writeString(data.resolve("secret"), CSV);
        Files.createSymbolicLink(drop.resolve("link.csv"), secret);
        Files.createSymbolicLink(drop.resolve("link.campaign.yaml"), secret);
        new ProcessBuilder("mkfifo", drop.resolve("pipe.csv").toString()).start().waitFor(5, TimeUnit.SECONDS);
        Files.createDirectory(drop.resolve("folder.csv"));

        for (String name : List.of("link.csv", "link.campaign.yaml", "pipe.csv", "folder.csv")) {
            assertThat(take(name)).as(name).extracting(Dropped::fate).containsExactly(Fate.REFUSED);
            assertThat(read("refused/2026-03-02/" + name + ".refused.txt")).contains("copy the file itself");
        }

        assertThat(Files.isSymbolicLink(drop.resolve("refused/2026-03-02/link.csv"))).isTrue();
        assertThat(secret).hasContent(CSV);
        assertThat(imports.lastFinished("link")).isEmpty();
    }

    @Test
    void saysHowACampaignFileMustEnd() throws Exception {
        write("spring.campaign.yml", "name: spring\n");

        assertThat(take("spring.campaign.yml").getFirst().lines()).containsExactly(
                "campaign files end in .campaign.yaml; rename it and drop it again");
    }

    @Test
    void readsNoTemplateThroughALink() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        campaign("spring", "");
        Files.delete(drop.resolve("spring.html"));
        Files.createSymbolicLink(drop.resolve("spring.html"), Path.of("/etc/passwd"));

        assertThat(take("spring.campaign.yaml").getFirst().lines()).singleElement().asString().contains("is a link");
        assertThat(campaigns.all()).isEmpty();
    }

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
    void leavesATemplateThatAnotherCampaignStillNeeds() throws Exception {
        write("spring.csv", CSV);
        take("spring.csv");
        campaign("spring", "");
        write("other.campaign.yaml", "name: other\nfrom: a@shop.example\nsubject: s\nhtml: spring.html\n");

        take("spring.campaign.yaml");

        assertThat(drop.resolve("spring.html")).exists();
        write("other.csv", CSV);
        take("other.campaign.yaml");
        take("other.csv");
        assertThat(drop.resolve("spring.html")).doesNotExist();
        assertThat(campaigns.find("other")).isPresent();
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
        write("spring.csv", CSV);
        take("spring.csv");
        folder = folder(Duration.ofSeconds(1));
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

    private DropFolder folder(Duration still) {
        CampaignFiles files = new CampaignFiles(new Contents(jdbc, clock), campaigns, (spec, parts) -> templateProblems,
                changed::add,
                new StoredTemplates(data.resolve("templates").toString()), () -> Set.of("standard", "business-hours"));
        return new DropFolder(drop, new CsvImport(imports, CsvLimits.DEFAULT), new VerdictFile(imports), files,
                new DropPairs(imports, new Lists(jdbc, clock), campaigns, changed::add), clock, still);
    }

    private void campaign(String name, String more) throws IOException {
        write(name + ".html", "<p>" + name + "</p>");
        write(name + ".campaign.yaml",
                "name: " + name + "\nfrom: News <news@shop.example>\nsubject: Hello\nhtml: " + name
                        + ".html\nschedule: {at: now}\n" + more);
    }

    private List<Dropped> take(String name) {
        return folder.take(drop.resolve(name).toFile());
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(drop.resolve(name), text, StandardCharsets.UTF_8);
    }

    private String read(String name) throws IOException {
        return Files.readString(drop.resolve(name));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(drop)) {
            return all.filter(path -> !Files.isDirectory(path)).map(path -> drop.relativize(path).toString()).sorted()
                    .toList();
        }
    }
}
