package io.caravan.e2e;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.Payload;

import static org.assertj.core.api.Assertions.assertThat;

/** The judge of {@link HostileIT} sees what it is there for. */
class HostileJudgeTest {

    private final List<Payload> payloads = Payload.all("http://127.0.0.1:9/");
    private final HostileFields fields = new HostileFields();
    private final HostileJudge judge = new HostileJudge(fields, payloads);

    @Test
    void thereAreSixtyPayloadsAndMoreAndNoTwoAreAlike() {
        assertThat(payloads).hasSizeGreaterThanOrEqualTo(60).extracting(Payload::text).doesNotHaveDuplicates();
        assertThat(payloads).extracting(Payload::what).doesNotHaveDuplicates();
    }

    @Test
    void acceptsEachPayloadAsText() {
        for (Payload payload : payloads) {
            String escaped = HtmlUtils.htmlEscape(payload.in(HostileWorld.SPEC));

            assertThat(judge.page("<p title=\"" + escaped + "\">" + escaped + "</p>")).as(payload.what()).isEmpty();
        }
    }

    @Test
    void seesEachPayloadThatBecameMarkup() {
        for (Payload payload : payloads) {
            String raw = payload.in(HostileWorld.SPEC);
            // what has no markup is text, however it is written
            if (raw.matches("(?s).*<[a-z!?/].*") && !payload.what().startsWith("script string")) {
                assertThat(judge.page("<p>" + raw + "</p>")).as(payload.what()).isNotEmpty();
            }
            if (raw.contains("\"")) {
                assertThat(judge.page("<p title=\"" + raw + "\">x</p>")).as(payload.what()).isNotEmpty();
            }
        }
    }

    @Test
    void seesWhatLeadsElsewhereWhatIsLostAndWhatIsAnothersScript() {
        assertThat(judge.page("<a href=\"javascript:alert(1)\">x</a>")).isNotEmpty();
        assertThat(judge.page("<a href=\"//evil.example/\">x</a>")).isNotEmpty();
        assertThat(judge.page("<a href=\"https://evil.example/\">x</a>")).isNotEmpty();
        assertThat(judge.page("<form action=\"https://evil.example/\"></form>")).isNotEmpty();
        assertThat(judge.page("<script>x</script>")).isNotEmpty();
        assertThat(judge.page("<iframe src=\"/mailbox/1/html\"></iframe>")).isNotEmpty();
        assertThat(judge.page("<iframe sandbox=\"allow-scripts\" src=\"/mailbox/1/html\"></iframe>")).isNotEmpty();
        assertThat(judge.page("<p onclick=\"x\">x</p>")).isNotEmpty();
        assertThat(judge
                .page("<p>" + payloads.getFirst().in(HostileWorld.SPEC).substring(9).replace("<", "&lt;") + "</p>"))
                .isNotEmpty();
        assertThat(judge.page("<a href=\"/audience?q=a\">x</a><iframe sandbox=\"\" src=\"/mailbox/1/html\"></iframe>"))
                .isEmpty();
    }

    @Test
    void seesAValueThatAProgramDoesNotGetBack() {
        JsonMapper json = JsonMapper.builder().build();
        for (Payload payload : payloads) {
            String kept = payload.in(HostileWorld.SPEC);
            assertThat(judge.json(json.writeValueAsBytes(List.of(kept)))).as(payload.what()).isEmpty();
        }
        String cut = payloads.getFirst().in(HostileWorld.SPEC).substring(3);
        assertThat(judge.json(("[\"" + cut.replace("\"", "\\\"") + "\"]").getBytes(StandardCharsets.UTF_8)))
                .isNotEmpty();
    }
}
