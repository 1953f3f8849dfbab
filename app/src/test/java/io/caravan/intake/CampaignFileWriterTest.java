package io.caravan.intake;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CampaignFileWriterTest {

    private static final String FILE = "spring.campaign.yaml";

    @Test
    void copyHasTheNewNameNoScheduleAndTheRestToTheLetter() {
        String copy = CampaignFileWriter.draft(FILE, """
                # ours
                name: spring   # unique
                from: "Ana <news@shop.example>"
                subject: Hi
                text: a.txt
                audience:
                  list: newsletter
                schedule:
                  cron: "0 0 9 ? * MON"
                  zone: Europe/Rome
                rate: 5/s
                """, "summer");

        assertThat(copy).isEqualTo("""
                # ours
                name: summer   # unique
                from: "Ana <news@shop.example>"
                subject: Hi
                text: a.txt
                audience:
                  list: newsletter
                rate: 5/s
                """);
    }

    @Test
    void copyNamesTheCsvThatTheFileHadByItsName() {
        String copy = CampaignFileWriter.draft(FILE, """
                name: spring
                from: news@shop.example
                subject: Hi
                text: a.txt
                schedule: {at: now}
                """, "summer");

        CampaignSpec spec = CampaignFile.parse("summer.campaign.yaml", copy);
        assertThat(spec.audience().csv()).isEqualTo("spring.csv");
        assertThat(spec.schedule()).isNull();
    }

    @Test
    void copyNamesTheCsvInAnAudienceThatOnlyExcludes() {
        String copy = CampaignFileWriter.draft(FILE, """
                name: spring
                audience:
                    exclude: [list:staff]
                from: news@shop.example
                subject: Hi
                text: a.txt
                """, "summer");

        assertThat(CampaignFile.parse("x.campaign.yaml", copy).audience())
                .isEqualTo(CampaignFile.parse(FILE, "name: a\nfrom: news@shop.example\nsubject: Hi\ntext: a.txt\n"
                        + "audience: {csv: spring.csv, exclude: [list:staff]}\n").audience());
    }

    @Test
    void fileWrittenInBracesIsCopiedToo() {
        String copy = CampaignFileWriter.draft(FILE, """
                {"name": "spring", "from": "news@shop.example", "subject": "Hi 🌷", "text": "a.txt",
                 "schedule": {"at": "now"}}
                """, "summer");

        CampaignSpec spec = CampaignFile.parse("x.campaign.yaml", copy);
        assertThat(spec.name()).isEqualTo("summer");
        assertThat(spec.subject()).isEqualTo("Hi 🌷");
        assertThat(spec.audience().csv()).isEqualTo("spring.csv");
        assertThat(spec.schedule()).isNull();
    }

    @Test
    void nameThatYamlWouldReadAsANumberIsQuoted() {
        String copy = CampaignFileWriter.draft(FILE,
                "name: spring\nfrom: news@shop.example\nsubject: Hi\ntext: a.txt\n", "2027");

        assertThat(CampaignFile.parse(FILE, copy).name()).isEqualTo("2027");
    }

    @Test
    void copyIsNotNamedWhatNoCampaignCanBe() {
        assertThatThrownBy(() -> CampaignFileWriter.draft(FILE, "name: spring\n", "a/b"))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("'a/b' cannot be a campaign's name");
    }

    @Test
    void keysAndValuesBecomeAFileThatSaysTheSame() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("name", "spring");
        keys.put("from", "\"Ana's: Shop\" <news@shop.example>");
        keys.put("subject", "Hi [[${first_name} ?: 'friend']] # 🌷");
        keys.put("text", "a.txt");
        keys.put("audience", Map.of("list", "news", "exclude", List.of("list:staff")));
        keys.put("vars", Map.of("year", 2026));

        String yaml = CampaignFileWriter.yaml(keys);

        CampaignSpec spec = CampaignFile.parse(FILE, yaml);
        assertThat(yaml).startsWith("name: spring\nfrom: ");
        assertThat(spec.subject()).isEqualTo("Hi [[${first_name} ?: 'friend']] # 🌷");
        assertThat(spec.audience().exclude()).containsExactly("list:staff");
        assertThat(spec.vars().get("year")).isIn(2026, 2026L);
    }
}
