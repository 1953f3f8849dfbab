package io.caravan.intake;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class CampaignFileTest {

    private static final String LEAST = """
            name: spring
            from: news@shop.example
            subject: Hello
            html: spring.html
            """;

    @Test
    void readsEveryKey() {
        String yaml = """
                name: spring-2026                 # unique; letters, digits, - and _
                from: "Ana's Shop <news@shop.example>"
                reply_to: hello@shop.example
                subject: "Spring is here, [[${first_name} ?: 'friend']]"
                html: spring.html
                text: spring.txt
                attachments: [terms.pdf]
                inline: {logo: logo.png}
                audience:
                  csv: people.csv
                  columns: [email, first_name]
                  mode: replace
                  exclude: [list:staff, campaign:winter-2025]
                schedule:
                  at: 2026-12-01T09:00
                  zone: Europe/Rome
                  misfire: {late: 2h, then: skip}
                rate: 500/min
                workflow: office-hours
                in_doubt: resend
                tags: {season: spring}
                vars: {year: 2026, price: 9.5, open: true, country: NO, code: 007, items: [{name: tea}, {name: "1"}]}
                """;

        CampaignSpec spec = CampaignFile.parse("spring.campaign.yaml", yaml);

        assertThat(spec.name()).isEqualTo("spring-2026");
        assertThat(spec.from()).isEqualTo("Ana's Shop <news@shop.example>");
        assertThat(spec.replyTo()).isEqualTo("hello@shop.example");
        assertThat(spec.subject()).isEqualTo("Spring is here, [[${first_name} ?: 'friend']]");
        assertThat(spec.html()).isEqualTo("spring.html");
        assertThat(spec.text()).isEqualTo("spring.txt");
        assertThat(spec.attachments()).containsExactly("terms.pdf");
        assertThat(spec.inline()).containsExactly(Map.entry("logo", "logo.png"));
        assertThat(spec.audience())
                .isEqualTo(new CampaignSpec.Audience("people.csv", null, List.of("email", "first_name"), Mode.REPLACE,
                        List.of("list:staff", "campaign:winter-2025")));
        assertThat(spec.schedule())
                .isEqualTo(new CampaignSpec.Schedule(false, LocalDateTime.of(2026, 12, 1, 9, 0), null,
                        ZoneId.of("Europe/Rome"), new Misfire(Duration.ofHours(2), Late.SKIP)));
        assertThat(spec.rate()).isEqualTo(Rate.parse("500/min"));
        assertThat(spec.workflow()).isEqualTo("office-hours");
        assertThat(spec.inDoubt()).isEqualTo(InDoubtPolicy.RESEND);
        assertThat(spec.tags()).containsExactly(Map.entry("season", "spring"));
        assertThat(spec.vars())
                .isEqualTo(Map.of("year", 2026L, "price", 9.5, "open", true, "country", "NO", "code", "007", "items",
                        List.of(Map.of("name", "tea"), Map.of("name", "1"))));
    }

    @Test
    void fillsInDefaults() {
        CampaignSpec spec = CampaignFile.parse("april.campaign.yaml", LEAST);

        assertThat(spec.audience().csv()).isEqualTo("april.csv");
        assertThat(spec.audience().mode()).isEqualTo(Mode.ADD);
        assertThat(spec.schedule()).isNull();
        assertThat(spec.workflow()).isEqualTo("standard");
        assertThat(spec.inDoubt()).isEqualTo(InDoubtPolicy.HOLD);
        assertThat(spec.rate()).isNull();
    }

    @Test
    void takesTheCsvOfItsOwnNameWhenTheAudienceOnlyExcludes() {
        CampaignSpec spec = CampaignFile.parse("april.campaign.yaml", LEAST + "audience: {exclude: ['list:staff']}\n");

        assertThat(spec.audience().csv()).isEqualTo("april.csv");
        assertThat(spec.audience().exclude()).containsExactly("list:staff");
    }

    @Test
    void asksAfterAnHourWhenNoMisfireIsWritten() {
        CampaignSpec spec = CampaignFile.parse("a.campaign.yaml",
                LEAST + "schedule: {cron: '0 0 9 ? * MON', zone: Europe/Rome}\n");

        assertThat(spec.schedule()).isEqualTo(
                new CampaignSpec.Schedule(false, null, "0 0 9 ? * MON", ZoneId.of("Europe/Rome"),
                        new Misfire(Duration.ofHours(1), Late.ASK)));
    }

    @ParameterizedTest
    @CsvSource({"2h,PT2H", "90m,PT90M", "30s,PT30S", "1d,PT24H", "1h30m,PT1H30M", "0s,PT0S"})
    void readsDurations(String written, Duration meant) {
        CampaignSpec spec = CampaignFile.parse("a.campaign.yaml",
                LEAST + "schedule: {at: now, misfire: {late: " + written + "}}\n");

        assertThat(spec.schedule()).isNotNull();
        assertThat(spec.schedule().now()).isTrue();
        assertThat(spec.schedule().misfire()).isEqualTo(new Misfire(meant, Late.ASK));
    }

    @Test
    void tellsEveryProblemAtOnceWithItsLine() {
        String yaml = """
                name: spring sale
                from: nobody
                subjet: Hello
                html: ../../etc/passwd
                audience:
                  csv: people.csv
                  list: newsletter
                  exlude: [list:staff]
                schedule:
                  at: tomorrow
                  zone: Europe/Roma
                rate: fast
                in_doubt: maybe
                """;

        assertThat(problems(yaml)).satisfiesExactly(
                p -> assertThat(p)
                        .startsWith("x.campaign.yaml:1: name: 'spring sale' is no name; use letters, digits, - and _"),
                p -> assertThat(p).startsWith("x.campaign.yaml:1: ").contains("subject is missing"),
                p -> assertThat(p).startsWith("x.campaign.yaml:2: from: ").contains("nobody").contains("; write"),
                p -> assertThat(p)
                        .isEqualTo("x.campaign.yaml:3: unknown key 'subjet'; the nearest known key is 'subject'"),
                p -> assertThat(p).startsWith("x.campaign.yaml:4: html: ")
                        .contains("has a folder in it; put the file beside"),
                p -> assertThat(p).startsWith("x.campaign.yaml:7: audience.list: csv and list are both given"),
                p -> assertThat(p).isEqualTo(
                        "x.campaign.yaml:8: unknown key 'audience.exlude'; the nearest known key is 'audience.exclude'"),
                p -> assertThat(p).startsWith("x.campaign.yaml:10: schedule.at: 'tomorrow' is no time; write now"),
                p -> assertThat(p).isEqualTo(
                        "x.campaign.yaml:11: schedule.zone: there is no time zone 'Europe/Roma'; the nearest is 'Europe/Rome'"),
                p -> assertThat(p).startsWith("x.campaign.yaml:12: rate: 'fast' is no rate"),
                p -> assertThat(p).isEqualTo(
                        "x.campaign.yaml:13: in_doubt: 'maybe' is none of hold, resend; the nearest is 'hold'"));
    }

    @Test
    void refusesSegmentsAndNamesTheWayOut() {
        assertThat(problems(LEAST + "audience: {segment: \"country = 'IT'\"}\n")).singleElement().asString()
                .isEqualTo(
                        "x.campaign.yaml:5: audience.segment: this version has no segments yet; name a list instead, as in list: newsletter");
    }

    @Test
    void wantsHtmlOrText() {
        assertThat(problems("name: a\nfrom: a@b.example\nsubject: s\n")).singleElement().asString()
                .isEqualTo(
                        "x.campaign.yaml:1: html and text are both missing; name a file for at least one, as in html: spring.html");
        assertThat(
                CampaignFile.parse("a.campaign.yaml", "name: a\nfrom: a@b.example\nsubject: s\ntext: a.txt\n").html())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.html", "a/b.html", "'a\\b.html'", "/etc/passwd", "..", ".hidden", "\"a\\0b\""})
    void letsNoFileNameEscapeItsFolder(String name) {
        assertThat(problems(LEAST + "attachments: [" + name + "]\n")).singleElement().asString()
                .startsWith("x.campaign.yaml:5: attachments: the file name ");
        assertThat(problems(LEAST + "inline: {logo: " + name + "}\n")).singleElement().asString()
                .startsWith("x.campaign.yaml:5: inline.logo: the file name ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "0 9 * * 1 | has 5 fields; write six or seven: seconds",
            "0 0 9 ? * MON;rm | cannot stand in a cron expression",
            "'' | is empty"})
    void refusesCronOfAnotherShape(String cron, String words) {
        assertThat(problems(LEAST + "schedule: {cron: '" + cron + "'}\n")).singleElement().asString().contains(words);
    }

    @Test
    void refusesATimeThatDoesNotExist() {
        assertThat(problems(LEAST + "schedule: {at: 2027-03-28T02:30, zone: Europe/Rome}\n")).singleElement().asString()
                .contains("does not exist in Europe/Rome");
    }

    @Test
    void refusesLineBreaksInHeaderFields() {
        assertThat(problems(
                "name: a\nfrom: \"A\\r\\nBcc: x@y.example <a@b.example>\"\nsubject: \"s\\nBcc: x@y.example\"\ntext: a.txt\n"))
                .satisfiesExactly(p -> assertThat(p).startsWith("x.campaign.yaml:2: from: there is a line break"),
                        p -> assertThat(p).startsWith("x.campaign.yaml:3: subject: there is a line break"));
    }

    @Test
    void refusesDuplicateKeysAtEveryDepth() {
        assertThat(problems(LEAST + "name: autumn\nvars:\n  a: {b: 1, b: 2}\n")).containsExactly(
                "x.campaign.yaml:5: 'name' is given twice; keep one of them",
                "x.campaign.yaml:7: 'vars.a.b' is given twice; keep one of them");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vars: &a {x: 1}", "vars: {a: &b [1], c: *b}"})
    void refusesAliases(String line) {
        assertThat(problems(LEAST + line + "\n")).singleElement().asString()
                .contains("x.campaign.yaml:5: anchors and aliases");
    }

    @Test
    void refusesBillionLaughsQuickly() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [lol, lol, lol]\n");
        for (int i = 1; i < 40; i++) {
            yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9) + "x"));
        }

        assertThat(problems(yaml.toString())).singleElement().asString().contains("anchors and aliases");
    }

    @ParameterizedTest
    @ValueSource(strings = {"!!javax.script.ScriptEngineManager [x]", "!!java.io.File [/tmp/x]", "!foo bar",
            "!!binary aGk="})
    void refusesTags(String value) {
        assertThat(problems(LEAST + "vars: {x: " + value + "}\n")).singleElement().asString()
                .contains("x.campaign.yaml:5: the tag ");
    }

    @Test
    void saysThatTabsAreNoIndentation() {
        assertThat(problems(LEAST + "audience:\n\tcsv: a.csv\n")).singleElement().asString()
                .isEqualTo("x.campaign.yaml:6: a tab stands where YAML wants spaces; indent with spaces");
    }

    @Test
    void saysWhereBrokenYamlBreaks() {
        assertThat(problems("name: a\nfrom: \"unclosed\nsubject: s\n")).singleElement().asString()
                .startsWith("x.campaign.yaml:")
                .contains("this YAML cannot be read");
        assertThat(problems("name: a\nsubject: s: t\n")).singleElement().asString().startsWith("x.campaign.yaml:2: ");
        assertThat(problems("name: a\u0000b\n")).singleElement().asString().contains("control character (U+0000)");
        assertThat(problems("")).singleElement().asString().contains("the file is empty");
        assertThat(problems("- a\n- b\n")).singleElement().asString().contains("this is no campaign file");
        assertThat(problems(LEAST + "---\nname: b\n")).singleElement().asString()
                .contains("x.campaign.yaml:5: a second document");
    }

    @Test
    void refusesHugeAndDeepFiles() {
        assertThat(problems(LEAST + "vars: {x: '" + "y".repeat(CampaignFile.LARGEST) + "'}\n")).singleElement()
                .asString()
                .contains("larger than 512 kB");
        assertThat(problems(LEAST + "vars: {x: " + "[".repeat(5000) + "]".repeat(5000) + "}\n")).hasSize(1);
        assertThat(problems(LEAST + "vars: {x: " + "[".repeat(12) + "1" + "]".repeat(12) + "}\n")).singleElement()
                .asString()
                .contains("levels deep");
        assertThat(problems(LEAST + "vars: {x: [" + "1,".repeat(2000) + "1]}\n")).singleElement().asString()
                .contains("at most 1000");
    }

    @Test
    void refusesEmptyValuesAndWrongShapes() {
        assertThat(problems("name:\nfrom: [a]\nsubject: s\nhtml: {a: b}\naudience: people.csv\nvars: {x: }\n"))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("x.campaign.yaml:1: name: the value is empty"),
                        p -> assertThat(p).startsWith("x.campaign.yaml:2: from: one value is wanted"),
                        p -> assertThat(p).startsWith("x.campaign.yaml:4: html: one value is wanted"),
                        p -> assertThat(p).startsWith(
                                "x.campaign.yaml:5: audience: a group of keys is wanted here, as in audience: {csv: spring.csv}"),
                        p -> assertThat(p).startsWith("x.campaign.yaml:6: vars.x: the value is empty"));
    }

    @Test
    void toleratesAByteOrderMarkAndWindowsLineEnds() {
        assertThat(CampaignFile.parse("a.campaign.yaml", "\ufeff" + LEAST.replace("\n", "\r\n")).name())
                .isEqualTo("spring");
    }

    @Test
    void refusesExclusionsThatNameNobody() {
        assertThatThrownBy(() -> CampaignFile.parse("x.campaign.yaml",
                LEAST + "audience: {exclude: [staff, 'list:', 'campaign:a b']}\n"))
                .isInstanceOfSatisfying(InvalidInput.class, e -> assertThat(e.problems()).hasSize(3)
                        .allSatisfy(p -> assertThat(p).contains("x.campaign.yaml:5: audience.exclude: ")
                                .contains("names nobody")));
    }

    private static List<String> problems(String yaml) {
        InvalidInput fault = catchThrowableOfType(InvalidInput.class,
                () -> CampaignFile.parse("x.campaign.yaml", yaml));
        assertThat(fault).as("refused").isNotNull();
        return fault.problems();
    }
}
