package io.caravan.e2e;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

import io.caravan.campaign.Run;
import io.caravan.delivery.Claims;
import io.caravan.flow.NodeSettings;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.nodes.DatabaseFigures;
import io.caravan.nodes.KnownNode;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Nodes and health: what people look at when something is wrong. */
class NodesPageIT {

    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;
    private static Pages pages;

    @BeforeAll
    static void open() throws Exception {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data, Server.relays("main", sink.port(), "gone", 9)).with("caravan.waits.lease=4s",
                "caravan.waits.lease-renew=500ms", "caravan.routing.domains.[gone.example]=relay:gone").start();
        pages = Pages.of(server);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
        sink.close();
    }

    @Test
    void showsThisNodeTheDatabaseAndItsRelays() {
        server.bean(Nodes.class).start("00000000-0000-0000-0000-000000000009", "old-host", "boot");
        server.campaign("nodes-gone", Server.people(5, "gone.example"));
        server.awaitRun("nodes-gone", RunState.RUNNING);
        pages.until("the relay is found to be down", () -> pages.open("/nodes").text("[data-relay=gone]")
                .contains("gives no service"));

        KnownNode here = server.bean(Nodes.class).list().getFirst();
        assertThat(pages.text("[data-node='" + here.id() + "']")).contains(here.host(), "this one", "alive",
                "node " + here.id() + ", epoch " + here.epoch());
        assertThat(pages.text("[data-node='" + server.bean(Nodes.class).list().getLast().id() + "']"))
                .contains("old-host", "silent since");
        assertThat(Instant.parse(pages.all("[data-node='" + here.id() + "'] time").getLast()
                .getDomAttribute("datetime"))).isEqualTo(here.startedAt());
        assertThat(pages.text("[data-relay=main]")).contains("up", "127.0.0.1:" + sink.port(), "of 4 open");
        assertThat(pages.text()).contains("Ready.", server.bean(DatabaseFigures.class).version(), "deliveries",
                data.toString());
        pages.check("/nodes");
        pages.screenshots("/nodes", "nodes");
    }

    @Test
    void saysWhyItIsNotReadyAndComesBackByItself() {
        pages.open("/nodes");
        assertThat(pages.text("#ready")).contains("This node can take work");
        server.sql().sql("update node set epoch = epoch + 1 where name = ?")
                .param(server.bean(NodeSettings.class).name())
                .update();

        pages.untilText("#unready", "the lease is not fresh");
        server.sql().sql("update node set epoch = epoch - 1 where name = ?")
                .param(server.bean(NodeSettings.class).name())
                .update();

        pages.untilText("#ready", "This node can take work");
    }

    @Test
    void aSilentNodeWithMailInItsHandsIsDeclaredLostByKeyboard() {
        Node other = server.bean(Nodes.class).start("00000000-0000-0000-0000-000000000010", "drowned-host", "boot");
        server.campaign("nodes-lost", Server.people(7, "gone.example"));
        Run run = server.awaitRun("nodes-lost", RunState.RUNNING);
        AtomicInteger claimed = new AtomicInteger();
        await().until(() -> {
            Map<Integer, Integer> all = server.bean(Claims.class).waiting(run.id()).stream()
                    .collect(Collectors.toMap(Claims.Waiting::lane, _ -> 100));
            server.bean(Claims.class).claim(run.id(), other.id(), other.epoch(), all)
                    .ifPresent(batch -> claimed.set(batch.size()));
            return claimed.get() > 0;
        });

        pages.open("/nodes");
        assertThat(pages.text("[data-node='" + other.id() + "']")).contains("silent since", "declare it lost");
        pages.open("/nodes/" + other.id() + "/lost");
        assertThat(pages.text("#mails")).isEqualTo(String.valueOf(claimed.get()));
        pages.check("/nodes/" + other.id() + "/lost");
        pages.tabTo("main button").press(Keys.ENTER);

        pages.untilText(".said", "In doubt: " + claimed.get());
        assertThat(pages.text("[data-node='" + other.id() + "']")).contains("lost", "declared lost");
        assertThat(server.counts("nodes-lost")).containsEntry(RowState.IN_DOUBT, claimed.longValue());
        pages.open("/nodes/" + server.bean(Nodes.class).list().getFirst().id() + "/lost");
        assertThat(pages.text("#refusal")).contains("it is the node that answers you");
    }
}
