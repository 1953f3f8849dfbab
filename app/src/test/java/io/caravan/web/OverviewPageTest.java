package io.caravan.web;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.web.Overview.Need;
import io.caravan.web.RunView.Part;

import static org.assertj.core.api.Assertions.assertThat;

class OverviewPageTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static Site site;
    private static Site.Runs runs;

    @BeforeAll
    static void open() {
        site = Site.shared();
        runs = site.bean(Site.Runs.class);
    }

    @BeforeEach
    void noRuns() {
        runs.lines.clear();
        runs.needs.clear();
    }

    @Test
    void saysWhatFillsAnEmptyList() throws Exception {
        String page = site.owner("/").body();

        assertThat(page).contains("No run yet").contains("./data/drop").contains("java -jar caravan.jar init spring")
                .contains("None. A campaign with a time or a cron expression");
    }

    @Test
    void showsEachRunWithItsCountsRateAndWhatHoldsIt() throws Exception {
        runs.lines.addAll(Sample.runs());

        String page = site.owner("/").body();

        assertThat(page).contains("spring-2026").contains("14,802").contains("1,240/s")
                .contains("Sending.")
                .contains("At this rate it ends at")
                .contains("Held: its rate of 500/min; 91,204 wait and go by themselves").contains("in doubt")
                .contains("Nothing was sent: row 812").contains("/campaigns/winter-recall\">Run it or skip it")
                .contains("Every recipient is final.").contains("took 2 min 13 s")
                .contains("Sandbox");
    }

    @Test
    void saysWhatNeedsAPersonAndWhereToSettleIt() throws Exception {
        runs.needs.addAll(List.of(new Need.Question("winter", 2, "It was due at 09:00."),
                new Need.Doubt("spring & co", 1_200),
                new Need.Refusal("bad.csv", NOON, List.of("one", "two", "three", "four"),
                        "refused/2026-11-24/bad.csv")));

        String page = site.owner("/").body();

        assertThat(page).contains("winter, run 2").contains("It was due at 09:00. Nothing is sent until you decide.")
                .contains("1,200 mails were sent").contains("/campaigns/spring%20&amp;%20co#doubt")
                .contains("one\ntwo\nthree")
                .contains("and 1 more").contains("refused/2026-11-24/bad.csv").doesNotContain("four");
    }

    @Test
    void endIsSaidOnlyWhenItIsKnown() {
        Map<RowState, Long> counts = Map.of(RowState.PENDING, 100L, RowState.ACCEPTED, 1L);

        assertThat(RunView.of(Sample.run("c", 1, RunState.RUNNING, null, NOON, null, 10, null, counts), NOON).endsAt())
                .isEqualTo("2026-11-24T12:00:10Z");
        assertThat(RunView.of(Sample.run("c", 1, RunState.RUNNING, null, NOON, null, 0.1, null, counts), NOON).endsAt())
                .isEqualTo("2026-11-24T12:17:00Z");
        assertThat(view(RunState.RUNNING, counts).endsAt()).isEmpty();
        assertThat(view(RunState.PAUSED, counts).endsAt()).isEmpty();
    }

    @Test
    void fragmentIsTheListAlone() throws Exception {
        runs.lines.addAll(Sample.runs());

        String fragment = site.owner("/runs").body();

        assertThat(fragment.strip()).startsWith("<div id=\"runs\"").endsWith("</div>").doesNotContain("<html");
        assertThat(fragment).contains("spring-2026");
    }

    @Test
    void barIsFullWhenEveryRecipientIsCounted() {
        for (Overview.RunLine line : Sample.runs()) {
            RunView view = RunView.of(line, NOON);

            double end = 0;
            for (Part part : view.parts()) {
                assertThat(Double.parseDouble(part.x())).isCloseTo(end, org.assertj.core.data.Offset.offset(0.02));
                assertThat(Double.parseDouble(part.width())).isGreaterThanOrEqualTo(3);
                end += Double.parseDouble(part.width());
            }
            assertThat(end).isCloseTo(1_000, org.assertj.core.data.Offset.offset(0.1));
        }
    }

    @Test
    void neverSaysAHundredPercentBeforeTheLastOne() {
        Map<RowState, Long> counts = Map.of(RowState.ACCEPTED, 999_999L, RowState.IN_DOUBT, 1L);

        assertThat(view(RunState.RUNNING, counts).percent()).isEqualTo("99.9 %");
        assertThat(view(RunState.RUNNING, Map.of(RowState.ACCEPTED, 5L)).percent()).isEqualTo("100 %");
        assertThat(view(RunState.PLANNING, Map.of()).percent()).isEqualTo("0 %");
        assertThat(view(RunState.FINISHED, counts).sentence()).contains("1 in doubt").endsWith("the answer was lost.");
        assertThat(view(RunState.FINISHED, counts).todo()).isEqualTo("Settle them");
    }

    @Test
    void saysEachStateInPlainWords() {
        for (RunState state : RunState.values()) {
            assertThat(view(state, Map.of(RowState.PENDING, 1L)).sentence()).as(state.word()).isNotBlank();
        }
        assertThat(view(RunState.PLANNING, "not planned before run 2 of c is wholly cancelled").sentence())
                .isEqualTo("Not planned before run 2 of c is wholly cancelled.");
        assertThat(view(RunState.PREFLIGHT, "3 people at 1 domain\ncannot go on: no").sentence())
                .isEqualTo("Cannot go on: no.");
        assertThat(view(RunState.PREFLIGHT, "3 people at 1 domain").sentence()).startsWith("Trying every mail");
        assertThat(view(RunState.RUNNING, Map.of(RowState.DEFERRED, 4L)).sentence())
                .contains("next attempt at the deferred");
        assertThat(Words.duration(Duration.ofSeconds(7_500))).isEqualTo("2 h 5 min");
        assertThat(Words.hold("paced: campaign:autumn 400/min"))
                .isEqualTo("the campaign's rate of 400/min; the rest goes by itself");
        assertThat(Words.hold("paced: overall 10/s")).startsWith("the overall rate of 10/s");
        assertThat(Words.hold("paced: relay:main 10/s")).startsWith("the rate of relay main, 10/s");
        assertThat(Words.holds(List.of("paced: overall 10/s", "the relay rests", "paced: campaign:autumn 5/s",
                "paced: overall 10/s")))
                .isEqualTo(
                        "the relay rests; the overall rate of 10/s; the campaign's rate of 5/s; the rest goes by itself");
        assertThat(Words.hold("the relay rests")).isEqualTo("the relay rests");
        assertThat(Words.sentence("due at 2026-01-01T09:00:00Z: answer"))
                .isEqualTo("Due at 1 Jan 2026, 09:00:00 UTC: answer.");
        assertThat(Words.size(4_600)).isEqualTo("4.6 kB");
    }

    private static RunView view(RunState state, String reason) {
        return RunView.of(Sample.run("c", 1, state, reason, NOON, null, 0, null, Map.of()), NOON);
    }

    private static RunView view(RunState state, Map<RowState, Long> counts) {
        return RunView.of(Sample.run("c", 1, state, null, NOON.minusSeconds(60), null, 0, null, counts), NOON);
    }
}
