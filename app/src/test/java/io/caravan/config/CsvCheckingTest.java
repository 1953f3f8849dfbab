package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code check} reads the CSV beside a campaign file as the drop folder would, and holds it against the templates. */
class CsvCheckingTest {

    @TempDir
    private Path folder;

    private final List<String> notes = new ArrayList<>();

    private List<String> problems(String csv) throws IOException {
        return problems("spring.csv", csv, "");
    }

    private List<String> problems(String file, String csv, String audience) throws IOException {
        Files.writeString(folder.resolve(file), csv);
        Files.writeString(folder.resolve("spring.txt"), "Dear [[${first_name}]],\nfrom [[${city ?: 'somewhere'}]]\n");
        Path campaign = Files.writeString(folder.resolve("spring.campaign.yaml"),
                "name: spring\nfrom: news@shop.example\nsubject: Hi\ntext: spring.txt\n" + audience);
        notes.clear();
        return Checking.problems(List.of(campaign), Settings.environment(List.of()), notes::add);
    }

    @Test
    void goodFileIsCleanAndColumnsWithADefaultNeedNotBeThere() throws IOException {
        assertThat(problems("email;first_name\nana@example.org;Ana\n")).isEmpty();
        assertThat(notes).isEmpty();
    }

    @Test
    void columnThatATemplateNeedsAndARowThatLacksItAreNamed() throws IOException {
        assertThat(problems("email,city\nana@example.org,Roma\nbo@example.org,Oslo\n")).containsExactly(
                "spring.csv:1: there is no column 'first_name', which spring.txt:1 needs; add it, or give a default in the"
                        + " template, as in ${first_name ?: ''}");
        assertThat(problems("email,first_name\nana@example.org,Ana\nbo@example.org,\ncy@example.org,\n"))
                .singleElement().asString().startsWith("spring.csv:3: no mail for bo@example.org: spring.txt:1: ")
                .contains("first_name").endsWith("(and 1 more rows)");
    }

    @Test
    void whatTheDropFolderWouldRefuseIsAProblemWithTheFile() throws IOException {
        assertThat(problems("name,city\nAna,Roma\n")).singleElement().asString()
                .startsWith("spring.csv:1: spring.csv has no column of addresses; its columns are 'name', 'city'");
        assertThat(problems("email,first_name\nana@example.org,\"Ana\n")).singleElement().asString()
                .startsWith("spring.csv:1: a quote is not closed in the record that begins on line 2");
        assertThat(problems("email,first_name\nx,Ana\ny,Bo\n")).singleElement().asString()
                .startsWith("spring.csv:2: none of its rows can be taken: no @ in 'x'");
    }

    @Test
    void rowsThatAreLeftOutAreNotesWithLineAndValueTheFirstTenOfThem() throws IOException {
        assertThat(problems("email,first_name\nana@example.org,Ana\n" + "nobody,Bo\n".repeat(12))).isEmpty();

        assertThat(notes).hasSize(11).contains(
                "spring.csv:3: 'nobody' is left out: no @ in 'nobody'; correct the row, or take it out",
                "spring.csv:1: 12 of 13 rows are left out, the first 10 of them are named; correct them");
    }

    @Test
    void onlyTheFirstRowsOfALargeFileAreLookedAtWhichIsSaid() throws IOException {
        StringBuilder csv = new StringBuilder("email,first_name\n");
        for (int i = 0; i <= 10_000; i++) {
            csv.append('p').append(i).append("@example.org,P\n");
        }
        assertThat(problems(csv + "q@example.org,\n")).isEmpty();

        assertThat(notes)
                .containsExactly("spring.csv:1: the first 10,000 rows were looked at; once --dry-run looks at all");
    }

    @Test
    void namedColumnsOtherEndingsAndAFileThatIsNotThereAreReadAsTheDropFolderDoes() throws IOException {
        assertThat(problems("people.tsv", "ana@example.org\tAna\n",
                "audience: {csv: people.csv, columns: [email, first_name]}\n")).isEmpty();
        assertThat(problems("people.tsv", "ana@example.org\n", "audience: {csv: elsewhere.csv}\n")).isEmpty();
        assertThat(problems("people.tsv", "ana@example.org\tAna\n",
                "audience: {csv: people.csv, columns: [email, name]}\n"))
                .containsExactly(
                        "people.tsv:1: there is no column 'first_name', which spring.txt:1 needs; add it, or give"
                                + " a default in the template, as in ${first_name ?: ''}");
    }
}
