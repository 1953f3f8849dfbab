package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Run;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a template asks for and a row lacks is found before the first mail, not in it. */
class PreflightIT {

    @TempDir
    private Path data;

    @Test
    void aRowThatLacksAnAttributeRefusesTheRunAndACorrectedFileOpensItAgain() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().start();
                Server server = Server.on(data, Server.relays("main", sink.port())).start()) {
            String people = "email,first_name,city\nana@a.example,Ana,Rome\nbob@b.example,Bob,\ncid@c.example,Cid,Turin\n";
            server.drop("spring.csv", people);
            server.drop("spring.txt", "Dear [[${first_name}]],\n\nsee you in [[${city}]].\n");
            server.drop("spring.campaign.yaml", Server.file("spring"));

            Run refused = server.awaitRun("spring", RunState.REFUSED);

            assertThat(refused.reason()).contains("city").contains("spring.txt:3").contains("row " + refused.id() + ".")
                    .hasLineCount(1);
            await().until(() -> server.counts("spring").equals(Map.of(RowState.CANCELLED, 3L)));
            assertThat(server.ledger("spring")).allSatisfy(
                    row -> assertThat(row.reason()).startsWith("the run was refused: row ").contains("city"));
            assertThat(sink.sessions()).isZero();

            server.drop("spring.csv", people.replace("Bob,", "Bob,Milan"));

            server.awaitRun("spring", RunState.FINISHED);
            assertThat(server.counts("spring")).isEqualTo(Map.of(RowState.ACCEPTED, 3L));
            assertThat(sink.taken()).extracting(ScriptedSink.Taken::recipient)
                    .containsExactlyInAnyOrder("ana@a.example", "bob@b.example", "cid@c.example");
        }
    }
}
