package io.caravan.campaign;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.caravan.campaign.Again.Consequence;
import io.caravan.campaign.Stored.Change;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.CampaignSpec.Late;
import io.caravan.mail.CampaignSpec.Misfire;
import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.CampaignSpec.Schedule;
import io.caravan.mail.CampaignState;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.Rate;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is stored of a campaign and its versions. */
class CampaignsTest extends CampaignFixture {

    @Test
    void givesBackEachVersionAsItWasStored() {
        CampaignSpec full = new CampaignSpec(name, "Ana <ana@shop.example>", "hi@shop.example",
                "Grüße, [[${first_name}]]", "a.html", "a.txt",
                List.of("terms.pdf"), Map.of("logo", "logo.png"),
                new CampaignSpec.Audience("a.csv", null, List.of("email", "first_name"), Mode.REPLACE,
                        List.of("list:staff")),
                new Schedule(false, LocalDateTime.of(2026, 12, 1, 9, 0), null, ROME,
                        new Misfire(Duration.ofMinutes(90), Late.SKIP)),
                Rate.parse("500/min"), "office", InDoubtPolicy.RESEND, Map.of("season", "spring"),
                Map.of("year", 2026L, "price", 9.5, "open", true, "items", List.of(Map.of("name", "tea", "n", 1L))));

        Stored stored = campaigns.store(full, "f".repeat(64), "a.campaign.yaml", "name: a\n# ü", Map.of("a.html", 7L));

        assertThat(stored.change()).isEqualTo(Change.CREATED);
        assertThat(stored.previousVersion()).isZero();
        assertThat(stored.consequence()).isEqualTo(Consequence.SCHEDULED);
        assertThat(campaigns.find(name)).hasValue(stored.campaign());
        assertThat(campaigns.find(stored.campaign().id())).hasValue(stored.campaign());
        assertThat(campaigns.version(stored.campaign().id(), 1))
                .isEqualTo(new Version(stored.campaign().id(), 1, "f".repeat(64),
                        "a.campaign.yaml", "name: a\n# ü", full, Map.of("a.html", 7L), START));
        assertThatThrownBy(() -> campaigns.version(stored.campaign().id(), 2)).isInstanceOf(PermanentFault.class);
    }

    @Test
    void keepsADraftAndANullRateAsTheyAre() {
        Campaign campaign = store(null, "1").campaign();

        assertThat(campaign.state()).isEqualTo(CampaignState.DRAFT);
        assertThat(campaigns.version(campaign.id(), 1).spec()).isEqualTo(spec(null));
    }

    @Test
    void changesNothingWhenTheFileIsTheSame() {
        Stored first = store(NOW, "1");
        time = START.plusSeconds(60);

        Stored again = store(NOW, "1");

        assertThat(again.change()).isEqualTo(Change.UNCHANGED);
        assertThat(again.consequence()).isEqualTo(Consequence.NOTHING);
        assertThat(again.campaign()).isEqualTo(first.campaign());
        assertThat(campaigns.versions(first.campaign().id())).hasSize(1);
    }

    @Test
    void storesOneVersionWhenTheSameFileComesTwiceAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Stored>> files = Stream.generate(() -> (Callable<Stored>) () -> store(NOW, "1")).limit(6)
                    .toList();

            var stored = threads.invokeAll(files).stream().map(f -> f.resultNow()).toList();

            assertThat(stored).filteredOn(s -> s.change() == Change.CREATED).hasSize(1);
            assertThat(stored).filteredOn(s -> s.change() == Change.UNCHANGED).hasSize(5);
        }
    }

    @Test
    void letsAChangedFileChangeWhatHasNotBegun() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        time = START.plusSeconds(60);

        Stored changed = store(NOW, "2");

        assertThat(changed.change()).isEqualTo(Change.CHANGED);
        assertThat(changed.previousVersion()).isEqualTo(1);
        assertThat(changed.consequence()).isEqualTo(Consequence.SCHEDULED);
        assertThat(changed.campaign().armedAt()).isEqualTo(time);
        assertThat(runs.open(campaign.id(), time, RunState.PLANNING, null).orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void keepsTheVersionOfARunThatHasBegunAndGivesTheNewOneToTheNext() {
        Campaign campaign = store(MONDAYS, "1").campaign();
        Run first = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();

        Stored changed = store(MONDAYS, "2");
        Run second = runs.open(campaign.id(), START.plusSeconds(7), RunState.PLANNING, null).orElseThrow();

        assertThat(changed.consequence()).isEqualTo(Consequence.NEXT_RUNS);
        assertThat(runs.run(first.id()).orElseThrow().version()).isEqualTo(1);
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.number()).isEqualTo(2);
    }

    @Test
    void opensARefusedRunAgainWhenTheFileIsCorrected() {
        Campaign campaign = store(NOW, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        assertThat(runs.move(run.id(), Set.of(RunState.PLANNING, RunState.PREFLIGHT), RunState.REFUSED,
                "row 3 has no first_name")).isTrue();
        assertThat(state(campaign)).isEqualTo(CampaignState.DRAFT);
        time = START.plusSeconds(600);

        Stored same = store(NOW, "1");
        Stored corrected = store(NOW, "2");

        assertThat(same.consequence()).isEqualTo(Consequence.NOTHING);
        assertThat(corrected.consequence()).isEqualTo(Consequence.REOPENED);
        assertThat(corrected.opened()).isNotNull();
        assertThat(corrected.opened().state()).isEqualTo(RunState.PLANNING);
        assertThat(corrected.opened().number()).isEqualTo(2);
        assertThat(corrected.opened().version()).isEqualTo(2);
        assertThat(corrected.campaign().state()).isEqualTo(CampaignState.RUNNING);
        assertThat(runs.run(run.id()).orElseThrow().reason()).isEqualTo("row 3 has no first_name");
        assertThat(runs.open(campaign.id(), START, RunState.PLANNING, null)).isEmpty();
    }

    @Test
    void opensARefusedRunAgainWhenItsCsvIsCorrectedAndOnlyThen() {
        Campaign campaign = store(NOW, "1").campaign();
        assertThat(campaigns.reopen(campaign.id())).isEmpty();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.REFUSED, "why");

        Run again = campaigns.reopen(campaign.id()).orElseThrow();

        assertThat(again.state()).isEqualTo(RunState.PLANNING);
        assertThat(again.number()).isEqualTo(2);
        assertThat(state(campaign)).isEqualTo(CampaignState.RUNNING);
        assertThat(campaigns.reopen(campaign.id())).isEmpty();
    }

    @Test
    void opensARefusedRunAgainInTheSecondPassOfTheHourThatComesTwiceAsItsScheduleDoes() {
        Schedule twice = new Schedule(false, LocalDateTime.parse("2026-10-25T02:30:00"), null, ROME, Misfire.DEFAULT);
        Campaign campaign = store(twice, "1").campaign();
        Run run = runs.open(campaign.id(), START, RunState.PLANNING, null).orElseThrow();
        runs.move(run.id(), Set.of(RunState.PLANNING), RunState.REFUSED, "why");

        time = Instant.parse("2026-10-25T01:00:00Z"); // the first pass was at 00:30
        assertThat(campaigns.reopen(campaign.id())).isEmpty();

        time = Instant.parse("2026-10-25T01:30:00Z");
        assertThat(campaigns.reopen(campaign.id()).orElseThrow().state()).isEqualTo(RunState.PLANNING);
    }

    @Test
    void storesTimesInUtcWhateverTheZoneOfTheMachine() {
        Run run = runs.open(store(NOW, "1").campaign().id(), START, RunState.PLANNING, null).orElseThrow();

        LocalDateTime stored = jdbc.sql("select scheduled_for from run where id = ?").param(run.id().value())
                .query((rs, n) -> rs.getObject(1, LocalDateTime.class)).single();

        assertThat(stored.toInstant(ZoneOffset.UTC)).isEqualTo(START);
    }
}
