package io.caravan.intake;

import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CsvSampleTest {

    @TempDir
    Path folder;

    private Path file(String text, String charset) throws Exception {
        return Files.write(folder.resolve("upload-7"), text.getBytes(Charset.forName(charset)));
    }

    private List<CsvRow> rows(Path file, CsvColumns columns) {
        List<CsvRow> all = new ArrayList<>();
        try (CsvRows rows = CsvSource.open(file, CsvLimits.DEFAULT, columns).rows()) {
            rows.forEachRemaining(all::add);
        }
        return all;
    }

    @Test
    void showsAFileInWhichNoColumnIsKnownAsTheAddresses() throws Exception {
        CsvSample sample = CsvSample.of(file("Kunde;Straße\nana@example.org;Hauptstraße\n", "windows-1252"),
                CsvLimits.DEFAULT);

        assertThat(sample.encoding()).isEqualTo("windows-1252");
        assertThat(sample.delimiter()).isEqualTo(';');
        assertThat(sample.hasHeader()).isTrue();
        assertThat(sample.first()).containsExactly("Kunde", "Straße");
        assertThat(sample.rows()).containsExactly(List.of("ana@example.org", "Hauptstraße"));
        assertThat(sample.suggested()).containsExactly("kunde", "straße");
    }

    @Test
    void aFirstRowWithAnAddressInItIsAPerson() throws Exception {
        CsvSample sample = CsvSample.of(file("Ana,ana@example.org\nBo,bo@example.org\n", "UTF-8"), CsvLimits.DEFAULT);

        assertThat(sample.hasHeader()).isFalse();
        assertThat(sample.suggested()).containsExactly("", "email");
    }

    @Test
    void columnsAreNamedByHandOrIgnoredWhateverStandsInThem() throws Exception {
        Path file = file("Kunde,Name,Notiz\nana@example.org,Ana,\u0001 secret\n", "UTF-8");

        List<CsvRow> rows = rows(file, new CsvColumns(List.of("email", "first_name", ""), true));

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().row()).isEqualTo(2);
        assertThat(rows.getFirst().problem()).isNull();
        assertThat(rows.getFirst().attributes()).hasSize(1).containsEntry("first_name", "Ana");
    }

    @Test
    void withoutAHeaderTheFirstRowIsTakenToo() throws Exception {
        Path file = file("Ana,ana@example.org\nBo,bo@example.org\n", "UTF-8");

        assertThat(rows(file, new CsvColumns(List.of("name", "email"), false))).extracting(CsvRow::row, CsvRow::address)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(1L, "ana@example.org"),
                        org.assertj.core.groups.Tuple.tuple(2L, "bo@example.org"));
    }

    @Test
    void namesThatWillNotDoAreSaidAllAtOnce() {
        assertThat(CsvSample.problems(List.of("name", "name", "vars"), CsvLimits.DEFAULT)).hasSize(3);
        assertThat(CsvSample.problems(List.of("email", "", ""), CsvLimits.DEFAULT)).isEmpty();
    }

    @Test
    void aLinkIsNotFollowedThoughItBecameOneAfterTheFolderWasLookedAt() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "email\nroot@example.org\n");
        Path link = Files.createSymbolicLink(folder.resolve("spring.csv"), secret);

        assertThatThrownBy(() -> CsvSource.open(link, CsvLimits.DEFAULT, List.of())).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("spring.csv is a link").hasMessageNotContaining("root@");
        assertThatThrownBy(() -> CsvSample.of(link, CsvLimits.DEFAULT)).isInstanceOf(InvalidInput.class);
        CsvSource opened = CsvSource.open(secret, CsvLimits.DEFAULT, List.of());
        Files.move(secret, folder.resolve("moved"));
        Files.createSymbolicLink(secret, folder.resolve("moved"));
        assertThatThrownBy(opened::rows).isInstanceOf(InvalidInput.class).hasMessageContaining("is a link");
    }

    @Test
    void attributesThatAreTypedObeyTheRulesOfFiles() {
        assertThat(AttributeRules.checked(java.util.Map.of("First Name", " Ana ", "city", " "), CsvLimits.DEFAULT))
                .isEqualTo(java.util.Map.of("first_name", "Ana"));
        assertThatThrownBy(() -> AttributeRules.checked(
                java.util.Map.of("vars", "x", "email", "y", "z", "\u0000", "long", "x".repeat(70_000)),
                CsvLimits.DEFAULT))
                .isInstanceOfSatisfying(InvalidInput.class, e -> assertThat(e.problems()).hasSize(4));
    }
}
