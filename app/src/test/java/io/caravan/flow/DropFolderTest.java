package io.caravan.flow;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.audience.Lists;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Run;
import io.caravan.content.Contents;
import io.caravan.flow.DropFolder.Dropped;
import io.caravan.flow.DropFolder.Fate;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** What is dropped is taken: people, campaigns, and what belongs to them. */
class DropFolderTest extends DropFixture {

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
        assertThat(LEDGERS.getBean(Contents.class).bytes(version.contents().get("spring.html")))
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
        assertThat(LEDGERS.getBean(Lists.class).find("spring").map(LEDGERS.getBean(Lists.class)::members)).hasValue(1L);
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
}
