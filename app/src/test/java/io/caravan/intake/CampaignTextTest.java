package io.caravan.intake;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CampaignTextTest {

    private static final String FILE = """
            # Every Monday.
            name: spring
            from: "Ana's Shop <news@shop.example>"
            subject: Hello
            html: spring.html # beside this file
            audience: {csv: spring.csv, columns: [email, first_name], exclude: ["list:staff"]}
            x_of_a_later_version: {kept: true}
            vars:
              year: 2026
              code: "007"
            """;

    @Test
    void keepsWhatIsNotChanged() {
        String changed = CampaignText.of(FILE).set("subject", "Spring: 100 % off # now").text();

        assertThat(changed).contains("# Every Monday.", "# beside this file", "x_of_a_later_version: {kept: true}",
                "code: \"007\"",
                "audience: {csv: spring.csv, columns: [email, first_name], exclude: [\"list:staff\"]}");
        assertThat(CampaignText.of(changed).scalar("subject")).isEqualTo("Spring: 100 % off # now");
        assertThat(CampaignFile.parse("spring.campaign.yaml", changed.replaceAll("(?m)^x_of.*\n", "")).vars())
                .containsEntry("year", 2026L).containsEntry("code", "007");
    }

    @Test
    void settingWhatItSaysChangesNothing() {
        CampaignText text = CampaignText.of(FILE);
        String before = text.text();

        text.set("subject", "Hello").set("audience.exclude", List.of("list:staff")).setBlock("vars",
                text.block("vars"));

        assertThat(text.text()).isEqualTo(before);
    }

    @Test
    void whatLooksLikeYamlIsQuoted() {
        for (String hard : List.of("[[${first_name} ?: 'friend']], hello", "007", "yes", "- a", "a: b", "#x", "'", "\"",
                "{x",
                "null", "Grüße 🎉", "@x", "100%")) {
            String text = CampaignText.of("name: a").set("subject", hard).text();

            assertThat(CampaignText.of(text).scalar("subject")).isEqualTo(hard);
            assertThat(CampaignFile.parse("a.campaign.yaml", text + "from: a@b.example\ntext: a.txt").subject())
                    .isEqualTo(hard);
        }
    }

    @Test
    void groupsComeAndGo() {
        CampaignText text = CampaignText.of("").set("name", "a").set("schedule.cron", "0 0 9 ? * MON")
                .set("schedule.misfire.late", "2h");
        assertThat(text.text()).isEqualTo("""
                name: a
                schedule:
                  cron: 0 0 9 ? * MON
                  misfire:
                    late: 2h
                """);

        text.remove("schedule.misfire.late").remove("schedule.cron").set("tags.season", "spring");

        assertThat(text.text()).isEqualTo("name: a\ntags:\n  season: spring\n");
        assertThat(text.keys("tags")).containsExactly("season");
        assertThat(text.remove("tags.season").remove("name").text()).isEmpty();
    }

    @Test
    void aGroupThatIsNoneIsRefused() {
        CampaignText text = CampaignText.of(FILE);

        assertThatThrownBy(() -> text.setBlock("vars", "year: [2026")).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> text.setBlock("vars", "just words")).isInstanceOf(InvalidInput.class);
        assertThat(text.scalar("vars.year")).isEqualTo("2026");
    }
}
