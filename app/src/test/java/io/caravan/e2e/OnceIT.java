package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.takeAndDrop;
import static org.assertj.core.api.Assertions.assertThat;

/** The verbs as scripts use them: {@code once} alone on the folder, the others beside a running server. */
class OnceIT {

    @TempDir
    private Path data;

    @Test
    void onceTakesTheFolderSendsWhatIsDueAndTellsByItsExitCode() throws IOException {
        Server folder = Server.on(data);
        folder.campaign("spring", Server.people(12, "spring.example"));
        folder.campaign("later", Server.people(3, "later.example"),
                "schedule: {at: '2099-01-01T09:00', zone: UTC}");
        List<Path> before = files();

        Server.Said rehearsed = folder.verb("once", "--dry-run");

        assertThat(rehearsed.exit()).as(rehearsed.err()).isZero();
        assertThat(rehearsed.out()).contains("spring: 12 accepted").contains("every mail renders; 12 people");
        assertThat(files()).isEqualTo(before);

        Server.Said said = folder.verb("once", "--wait", "60s");

        assertThat(said.exit()).as(said.err()).isZero();
        assertThat(said.out()).containsPattern("spring +1 +finished .*12")
                .contains("later: later at 2099-01-01T09:00:00Z");
        assertThat(said.err()).contains("spring.csv: list spring: 12 accepted");
        assertThat(folder.verb("mailbox", "list").out().lines()).hasSize(13);

        folder.drop("bad.csv", "name,city\nAna,Rome\n");
        Server.Said refused = folder.verb("once", "--wait", "30s");
        assertThat(refused.exit()).as(refused.out()).isEqualTo(2);
        assertThat(refused.err()).contains("bad.csv: ");
        assertThat(refused.out()).contains("nothing was due");
    }

    @Test
    void onceIsOneWhenSomethingIsInDoubtAndAPersonSettlesItBesideTheServer() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().quiet().next(script().on(Verb.DOT, takeAndDrop())).start();
                Server server = Server.on(data, Server.relays("main", sink.port()))) {
            server.campaign("spring", Server.people(5, "spring.example"));
            Server.Said said = server.verb("once", "--wait", "60s");
            assertThat(said.exit()).as(said.err()).isEqualTo(1);
            assertThat(said.out()).contains("in_doubt");
            assertThat(sink.takenCount()).isEqualTo(5);

            server.start();
            assertThat(server.verb("once")).satisfies(second -> {
                assertThat(second.exit()).isEqualTo(2);
                assertThat(second.err()).hasLineCount(1);
            });
            List<String> doubtful = server.verb("doubt", "spring").out().lines().skip(1).toList();
            assertThat(doubtful).hasSize(1);
            String[] cells = doubtful.getFirst().split(",");
            assertThat(server.verb("why", cells[1]).out()).contains("state        in_doubt");
            assertThat(server.verb("why", "nobody@spring.example").exit()).isEqualTo(1);

            assertThat(server.verb("doubt", "spring", "settle", cells[0], "accepted").exit()).isZero();

            assertThat(server.counts("spring")).isEqualTo(Map.of(RowState.ACCEPTED, 5L));
            assertThat(server.verb("doubt", "spring", "settle", cells[0], "failed").exit()).isEqualTo(1);
            server.campaign("after", Server.people(2, "after.example"));
            server.awaitRun("after", RunState.FINISHED);
        }
    }

    @Test
    void checkNamesEveryProblemWithFileAndLineAndStartsNothing() throws IOException {
        Server folder = Server.on(data);
        Path campaign = Files.writeString(data.resolve("spring.campaign.yaml"),
                Server.file("spring", "workflow: standart"));
        Files.writeString(data.resolve("spring.txt"), "Dear [[${first_name]],\n");
        Path route = Files.writeString(data.resolve("own.camel.yaml"), "- route:\n    id: own\n    form: {}\n");

        Server.Said said = folder.verb("check", campaign.toString(), route.toString());

        assertThat(said.exit()).isEqualTo(1);
        assertThat(said.out()).contains("spring.campaign.yaml:6: workflow: there is no workflow 'standart'; use one of")
                .contains("spring.txt:1:").contains("own.camel.yaml:");
        assertThat(folder.verb("check", "examples").exit()).isZero();
        assertThat(data.resolve("db")).doesNotExist();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(data.resolve("drop"))) {
            return all.sorted().toList();
        }
    }
}
