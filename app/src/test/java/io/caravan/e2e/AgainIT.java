package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.ActionReach;
import io.caravan.flow.ActionReach.People;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;

/** The same campaign once more: what a changed file does after its run, and what the three actions do that send again. */
class AgainIT {

    @TempDir
    private Path data;
    private final ScriptedSink sink = new ScriptedSink().quiet();

    @Test
    void aOneTimeCampaignSendsAgainOnlyWhenAPersonSaysSoAndToWhom() throws IOException {
        sink.start();
        ScriptedSink full = Answers.to("552 5.2.2 mailbox full");
        ScriptedSink gone = Answers.to("550 5.1.1 no such user");
        try (sink;
                full;
                gone;
                Server server = Server
                        .on(data, Server.relays("main", sink.port(), "full", full.port(), "gone", gone.port()))
                        .with("caravan.routing.domains.[full.example]=relay:full",
                                "caravan.routing.domains.[gone.example]=relay:gone")
                        .start()) {
            server.campaign("spring", "email\nana@a.example\nbob@b.example\nsoft@full.example\nhard@gone.example\n");
            server.awaitRun("spring", RunState.FINISHED);
            assertThat(server.counts("spring")).isEqualTo(Map.of(RowState.ACCEPTED, 2L, RowState.BOUNCED, 2L));

            server.drop("spring.csv", "email\ncid@c.example\n");
            server.awaitNote("spring-2.csv");
            server.drop("spring.txt", "A better text.\n");
            server.drop("spring.campaign.yaml", Server.file("spring"));
            assertThat(server.awaitNote("spring-2.campaign.yaml")).contains("version 2")
                    .contains("its run has begun before, so it is kept as a version and opens no run")
                    .contains("start --new");
            assertThat(server.runs("spring")).hasSize(1);
            assertThat(sink.takenCount()).isEqualTo(2);

            assertThat(reach(server, Action.START_NEW)).as("the pages say the same").isEqualTo(new People(1, false));
            assertThat(act(server, "start", "--new")).contains("start --new concerns 1 people");
            assertThat(recipients(2)).as("those without a row").containsExactly("cid@c.example");
            assertThat(new String(sink.taken().getLast().data())).contains("A better text.");

            assertThat(reach(server, Action.RESEND)).isEqualTo(new People(1, false));
            assertThat(act(server, "resend")).contains("resend concerns 1 people");
            assertThat(server.ledger("spring")).as("the softly bounced, never the hard").singleElement()
                    .satisfies(row -> assertThat(row.address()).isEqualTo("soft@full.example"));

            assertThat(reach(server, Action.RESEND)).as("in two runs, once").isEqualTo(new People(1, false));
            assertThat(reach(server, Action.START_NEW)).isEqualTo(new People(0, false));
            assertThat(reach(server, Action.START_AGAIN)).isEqualTo(new People(1, false));
            assertThat(act(server, "start", "--again")).contains("concerns 1 people");
            assertThat(recipients(3)).as("the file's people, all of them").containsExactly("cid@c.example");
            assertThat(server.runs("spring")).hasSize(4);
            assertThat(server.verb("campaign", "spring", "start")).satisfies(said -> {
                assertThat(said.exit()).isEqualTo(1);
                assertThat(said.err()).contains("campaign spring cannot start");
            });
        }
    }

    private static People reach(Server server, Action action) {
        return server.bean(ActionReach.class)
                .of(server.bean(Campaigns.class).find("spring").orElseThrow(), action);
    }

    /** Does it by the verb, beside the server, and waits for the end of the run that it opens. */
    private static String act(Server server, String... action) {
        int runs = server.runs("spring").size();
        String[] words = new String[action.length + 2];
        words[0] = "campaign";
        words[1] = "spring";
        System.arraycopy(action, 0, words, 2, action.length);
        Server.Said said = server.verb(words);
        assertThat(said.exit()).as(said.err()).isZero();
        assertThat(server.runs("spring")).hasSize(runs + 1);
        server.awaitRun("spring", RunState.FINISHED);
        return said.out();
    }

    private List<String> recipients(int from) {
        return sink.taken().subList(from, sink.takenCount()).stream().map(Taken::recipient).toList();
    }
}
