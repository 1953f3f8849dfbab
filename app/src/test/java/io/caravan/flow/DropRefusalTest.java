package io.caravan.flow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.caravan.flow.DropFolder.Dropped;
import io.caravan.flow.DropFolder.Fate;

import static org.assertj.core.api.Assertions.assertThat;

/** What cannot be taken is refused with every reason, and nothing of it is kept. */
class DropRefusalTest extends DropFixture {

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
                "spring.campaign.yaml:6: audience.exclude: there is no list 'stuff'; drop stuff.csv first, or correct the name",
                "spring.campaign.yaml:6: audience.exclude: there is no campaign 'winter'; correct the name, or take it out");

        campaign("spring", "audience: {exclude: ['list:staff']}\n");
        write("staff.csv", "email\nboss@s.example\n");
        assertThat(take("spring.campaign.yaml").getFirst().lines()).containsExactly("waits for staff.csv");
        assertThat(take("staff.csv")).extracting(Dropped::fate).containsExactly(Fate.TAKEN, Fate.TAKEN);
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
}
