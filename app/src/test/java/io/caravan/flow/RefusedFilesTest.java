package io.caravan.flow;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.flow.DropFolder.Dropped;
import io.caravan.flow.RefusedFiles.RefusedFile;

import static org.assertj.core.api.Assertions.assertThat;

/** A refused file wants a person until a corrected one is taken in its place, or somebody dismisses it. */
class RefusedFilesTest extends DropFixture {

    private static final String BAD = "name\nAna\n";

    private List<String> names() {
        return refused.open().stream().map(RefusedFile::file).toList();
    }

    @Test
    void aCorrectedFileOfItsNameSettlesItAndSaysSo() throws Exception {
        write("spring.csv", BAD);
        take("spring.csv");
        assertThat(names()).containsExactly("spring.csv");

        write("spring.csv", CSV);
        Dropped taken = take("spring.csv").getFirst();

        assertThat(names()).isEmpty();
        assertThat(taken.lines()).anyMatch(
                line -> line.startsWith("it takes the place of refused/2026-03-02/spring.csv, which was refused at "));
        long id = imports.lastFinished("spring").orElseThrow().id();
        assertThat(refused.replacedBy("import " + id)).containsExactly("refused/2026-03-02/spring.csv");
        assertThat(read("refused/2026-03-02/spring.csv.settled.txt"))
                .isEqualTo("A corrected file was taken: import " + id + ", 2026-03-02T08:00:00Z\n");
    }

    @Test
    void theSameListInAnotherFormatAndACampaignWithItsRightEndingSettleToo() throws Exception {
        write("spring.tsv", BAD);
        take("spring.tsv");
        write("summer.campaign.yml", "name: summer\n");
        take("summer.campaign.yml");
        assertThat(names()).containsExactlyInAnyOrder("spring.tsv", "summer.campaign.yml");

        write("spring.csv", CSV);
        take("spring.csv");
        assertThat(names()).containsExactly("summer.campaign.yml");
        campaign("summer", "audience: {list: spring}\n");
        take("summer.campaign.yaml");

        assertThat(names()).isEmpty();
        assertThat(read("done/2026-03-02/summer.campaign.yaml.report.txt"))
                .contains("it takes the place of refused/2026-03-02/summer.campaign.yml");
    }

    @Test
    void anotherFileSettlesNothingAlthoughItsNameLooksLikeASecondOne() throws Exception {
        write("spring.csv", BAD);
        take("spring.csv");

        write("spring-2.csv", CSV);
        take("spring-2.csv");

        assertThat(names()).containsExactly("spring.csv");
    }

    @Test
    void ofSeveralRefusalsOfOneNameTheLastOneCountsAndIsDismissedForAll() throws Exception {
        write("spring.csv", BAD);
        take("spring.csv");
        write("spring.csv", "first\nBob\n");
        take("spring.csv");
        List<RefusedFile> open = refused.open();
        assertThat(open).hasSize(1);

        assertThat(refused.dismiss("../secret")).isFalse();
        assertThat(refused.dismiss(open.getFirst().lies())).isTrue();

        assertThat(names()).isEmpty();
        assertThat(refused.dismiss(open.getFirst().lies())).isFalse();
        assertThat(files()).contains("refused/2026-03-02/spring.csv", "refused/2026-03-02/spring-2.csv");
        assertThat(read(open.getFirst().lies() + ".settled.txt"))
                .isEqualTo("Dismissed by a person, 2026-03-02T08:00:00Z\n");
    }

    @Test
    void refusedAgainAfterItWasDismissedItIsThereAgain() throws Exception {
        write("spring.csv", BAD);
        take("spring.csv");
        refused.dismiss(refused.open().getFirst().lies());

        write("spring.csv", BAD);
        take("spring.csv");

        assertThat(names()).containsExactly("spring.csv");
    }
}
