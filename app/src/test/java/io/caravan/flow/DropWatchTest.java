package io.caravan.flow;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.flow.DropWatch.Stuck;

import static org.assertj.core.api.Assertions.assertThat;

/** What stays in the drop folder is told, with what to do; what is only on its way is not. */
class DropWatchTest extends DropFixture {

    private DropWatch watch;

    @BeforeEach
    void watches() {
        watch = new DropWatch(drop, folder, refused, Duration.ZERO);
    }

    private List<Stuck> looks() {
        watch.look();
        return watch.stuck();
    }

    @Test
    void tellsOfWrongEndingsFoldersAndNamesThatNothingTakes() throws Exception {
        write("people.xlsx", "x");
        write("march\\people.csv", CSV);
        Files.createDirectory(drop.resolve("more"));
        write("people.csv", CSV);
        write(".hidden", "x");
        write("people.csv.part", "x");

        assertThat(looks()).extracting(Stuck::file).containsExactly("march\\people.csv", "more", "people.xlsx");

        assertThat(watch.stuck()).extracting(Stuck::why).satisfiesExactly(
                why -> assertThat(why).contains("Rename it"), why -> assertThat(why).contains("It is a folder"),
                why -> assertThat(why).contains("Recipients come as .csv"));
        Files.delete(drop.resolve("people.xlsx"));
        assertThat(looks()).extracting(Stuck::file).containsExactly("march\\people.csv", "more");
    }

    @Test
    void aTemplateIsNoStrangerWhileItsCampaignIsThereOrRefused() throws Exception {
        campaign("spring", "subjet: x\n");
        assertThat(looks()).isEmpty();

        take("spring.campaign.yaml");
        assertThat(files()).contains("refused/2026-03-02/spring.campaign.yaml", "spring.html");

        assertThat(looks()).isEmpty();
    }

    @Test
    void tellsWhichFileACampaignWaitsForAndWhere() throws Exception {
        campaign("spring", "");
        take("spring.campaign.yaml");

        assertThat(looks()).singleElement().satisfies(stuck -> {
            assertThat(stuck.waits()).isTrue();
            assertThat(stuck.file()).isEqualTo("spring.campaign.yaml");
            assertThat(stuck.why()).contains("waits for spring.csv").contains(drop.toAbsolutePath().toString());
        });

        write("spring.csv", CSV);
        take("spring.csv");
        assertThat(looks()).isEmpty();
    }
}
