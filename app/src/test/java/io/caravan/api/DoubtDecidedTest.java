package io.caravan.api;

import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.Doubts;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RunId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A program that decides a row in doubt is told what became of it, not only that it was heard. */
class DoubtDecidedTest {

    private final DataSource source = TestDatabase.fresh();
    private final JdbcClient jdbc = JdbcClient.create(source);

    @Test
    void theAnswerSaysWhetherTheMailGoes() {
        try (ConfigurableApplicationContext ledgers = TestLedgers.on(source, InstantSource.system())) {
            Campaigns campaigns = ledgers.getBean(Campaigns.class);
            Runs runs = ledgers.getBean(Runs.class);
            RunCounts counts = ledgers.getBean(RunCounts.class);
            CampaignActionApi api = new CampaignActionApi(campaigns,
                    new CampaignAnswers(campaigns, runs, counts, Clock.systemUTC()), null, null,
                    new Doubts(runs, counts, ledgers.getBean(Ledger.class)), null, counts);
            CampaignId campaign = campaigns.store(spec(), "1".repeat(64), "c.campaign.yaml", "", Map.of()).campaign()
                    .id();
            RunId run = campaigns.act(campaign, Action.START).opened().id();
            jdbc.sql("update run set state = 'running'").update();
            jdbc.sql("insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state)"
                    + " select ?, seq, seq, 1, 'p@a.example', 'a.example', 1, 'in_doubt' from seq_1_to_4")
                    .param(run.value()).update();

            assertThat(api.settle("c", run + ".1", decision("failed")))
                    .isEqualTo(new CampaignActionApi.Decided(run + ".1", "failed", "failed"));
            assertThat(api.settle("c", run + ".2", decision("resend")))
                    .isEqualTo(new CampaignActionApi.Decided(run + ".2", "deferred", "sent again"));
            campaigns.act(campaign, Action.PAUSE);
            assertThat(api.settle("c", run + ".3", decision("resend"))).isEqualTo(new CampaignActionApi.Decided(
                    run + ".3", "deferred", "sent again when the campaign is resumed: it is paused"));
            campaigns.act(campaign, Action.CANCEL);
            assertThat(api.settle("c", run + ".4", decision("resend"))).isEqualTo(new CampaignActionApi.Decided(
                    run + ".4", "cancelled", "cancelled, not sent again: the run was cancelled"));
            assertThatThrownBy(() -> api.settle("c", run + ".4", decision("resend"))).isInstanceOf(Refused.class)
                    .hasMessageContaining("is not in doubt");
        }
    }

    private static CampaignActionApi.Decision decision(String word) {
        return new CampaignActionApi.Decision(word);
    }

    private static CampaignSpec spec() {
        return new CampaignSpec("c", "a@b.example", null, "s", "a.html", null, List.of(), Map.of(),
                new CampaignSpec.Audience("c.csv", null, List.of(), CampaignSpec.Mode.ADD, List.of()), null, null,
                "standard", InDoubtPolicy.HOLD, Map.of(), Map.of());
    }
}
