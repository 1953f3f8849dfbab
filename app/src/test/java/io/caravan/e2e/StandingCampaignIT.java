package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.delivery.LedgerRow;
import io.caravan.flow.ActionReach;
import io.caravan.flow.ActionReach.People;
import io.caravan.flow.Housekeeping;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** A campaign that is started for new people for years: whoever had its mail never has it again, though the rows that say so are gone. */
class StandingCampaignIT {

    @TempDir
    private Path data;
    private final ScriptedSink sink = new ScriptedSink().quiet();

    @Test
    void longAfterItsRunsOnlyNewPeopleAreMailedAndOthersStayExcluded() throws IOException {
        sink.start();
        ScriptedSink full = Answers.to("552 5.2.2 mailbox full");
        try (sink;
                full;
                Server server = Server.on(data, Server.relays("main", sink.port(), "full", full.port()))
                        .with("caravan.routing.domains.[full.example]=relay:full").start()) {
            server.campaign("welcome", "email\nana@a.example\nbob@b.example\nsoft@full.example\n");
            server.awaitRun("welcome", RunState.FINISHED);
            forget(server);
            server.drop("welcome.csv", "email\nana@a.example\nbob@b.example\nsoft@full.example\ncid@c.example\n");
            server.awaitNote("welcome-2.csv");

            assertThat(reach(server, Action.START_NEW)).isEqualTo(new People(1, false));
            assertThat(reach(server, Action.RESEND)).isEqualTo(new People(1, true));
            act(server, Action.START_NEW);
            assertThat(recipients()).containsExactlyInAnyOrder("ana@a.example", "bob@b.example", "cid@c.example");
            act(server, Action.RESEND);
            assertThat(server.ledger("welcome")).extracting(LedgerRow::address).containsExactly("soft@full.example");
            forget(server);

            server.campaign("offer", "email\nana@a.example\ncid@c.example\ndan@d.example\n",
                    "audience: {csv: offer.csv, exclude: [campaign:welcome]}");
            server.awaitRun("offer", RunState.FINISHED);
            assertThat(server.ledger("offer")).extracting(LedgerRow::address, LedgerRow::reason)
                    .contains(tuple("ana@a.example", "excluded:campaign:welcome"),
                            tuple("cid@c.example", "excluded:campaign:welcome"));
            assertThat(recipients()).hasSize(4).contains("dan@d.example");
        }
    }

    /** As if the runs had ended so long ago that housekeeping takes their rows. */
    private static void forget(Server server) {
        server.sql().sql("update run set finished_at = now(6) - interval 401 day").update();
        server.bean(Housekeeping.class).sweep();
        assertThat(server.sql().sql("select count(*) from delivery").query(Long.class).single()).isZero();
    }

    private static People reach(Server server, Action action) {
        return server.bean(ActionReach.class)
                .of(server.bean(Campaigns.class).find("welcome").orElseThrow(), action);
    }

    private static void act(Server server, Action action) {
        int runs = server.runs("welcome").size();
        server.act("welcome", action);
        assertThat(server.runs("welcome")).hasSize(runs + 1);
        server.awaitRun("welcome", RunState.FINISHED);
    }

    private List<String> recipients() {
        return sink.taken().stream().map(Taken::recipient).toList();
    }
}
