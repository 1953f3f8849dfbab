package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class BoundsTest {

    @TempDir
    Path folder;

    @Test
    void checkHoldsACampaignToTheConfiguredBounds() throws IOException {
        Path campaign = Files.writeString(folder.resolve("a.campaign.yaml"), """
                name: a
                from: Shop <news@shop.example>
                subject: Hello
                html: a.html
                attachments: [terms.pdf]
                audience: {csv: a.csv}
                """);
        Files.writeString(folder.resolve("a.html"), "<p>" + "x".repeat(1100) + "</p>");
        Files.write(folder.resolve("terms.pdf"), new byte[2000]);

        assertThat(problems(campaign)).isEmpty();
        assertThat(problems(campaign, "--caravan.mail.template=1kB")).singleElement().asString()
                .contains("a.campaign.yaml:4:").contains("larger than 1 kB");
        assertThat(problems(campaign, "--caravan.mail.size=2kB")).singleElement().asString()
                .contains("larger than 2 kB");
        assertThat(problems(campaign, "--caravan.mail.attachments=0")).singleElement().asString()
                .contains("attachment");
    }

    private static List<String> problems(Path campaign, String... settings) {
        return Checking.problems(List.of(campaign), Settings.environment(List.of(settings)));
    }
}
