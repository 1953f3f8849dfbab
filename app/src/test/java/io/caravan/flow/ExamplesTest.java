package io.caravan.flow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.caravan.intake.CsvLimits;
import io.caravan.intake.CsvRow;
import io.caravan.intake.CsvRows;
import io.caravan.intake.CsvSource;
import io.caravan.mail.CampaignSpec;
import io.caravan.rendering.Attachment;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Mailings;
import io.caravan.rendering.Part;
import io.caravan.rendering.Person;
import io.caravan.rendering.Source;

import static org.assertj.core.api.Assertions.assertThat;

class ExamplesTest {

    private static final Path EXAMPLES = Path.of("examples");

    static Stream<Path> campaigns() throws IOException {
        try (Stream<Path> all = Files.walk(EXAMPLES)) {
            return all.filter(path -> path.toString().endsWith(".campaign.yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("campaigns")
    void canBeSentToEveryRowOfItsCsv(Path campaign) {
        CampaignParts parts = new CampaignReader(new StoredTemplates("templates"), MailLimits.DEFAULT).read(campaign);
        Mailing mailing = new Mailings(MailLimits.DEFAULT).compile(source(parts));
        Path csv = campaign.resolveSibling(String.valueOf(parts.spec().audience().csv()));

        try (CsvRows rows = CsvSource.open(csv, CsvLimits.DEFAULT, parts.spec().audience().columns()).rows()) {
            int people = 0;
            while (rows.hasNext()) {
                CsvRow row = rows.next();
                if (row.mailbox() != null) {
                    assertThat(mailing.evaluate(new Person(row.mailbox().written(), row.attributes())))
                            .as("row %s", row.row()).isEmpty();
                    people++;
                }
            }
            assertThat(people).isPositive();
        }
    }

    @Test
    void holdsWhatTheMainJobIsToShow() throws IOException {
        List<String> lines = Files.readAllLines(EXAMPLES.resolve("example/spring.csv"));

        assertThat(lines).hasSizeBetween(190, 220);
        assertThat(lines).filteredOn(line -> line.contains("@simulator.caravan.test")).hasSize(5);
        assertThat(lines).anyMatch(line -> line.startsWith("not-an-address,"));
        assertThat(lines).anyMatch(line -> line.contains("花子"));
        assertThat(lines.stream().skip(1).map(line -> line.split(",")[0].toLowerCase(Locale.ROOT)).distinct().count())
                .isEqualTo(lines.size() - 1 - 2);
        assertThat(Files.readAllBytes(EXAMPLES.resolve("example/logo.png"))).startsWith(0x89, 'P', 'N', 'G');
    }

    private static Source source(CampaignParts parts) {
        CampaignSpec spec = parts.spec();
        Map<String, Attachment> inline = new LinkedHashMap<>();
        spec.inline().forEach((id, file) -> inline.put(id, new Attachment(file, parts.files().get(file))));
        return new Source(spec.name(), spec.from(), spec.replyTo(), spec.subject(), part(parts, spec.html()),
                part(parts, spec.text()),
                spec.attachments().stream().map(file -> new Attachment(file, parts.files().get(file))).toList(), inline,
                spec.vars(),
                spec.tags());
    }

    private static @Nullable Part part(CampaignParts parts, @Nullable String file) {
        return file == null ? null : new Part(file, new String(parts.files().get(file), StandardCharsets.UTF_8));
    }
}
