package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.e2e.ApiCalls.Answer;
import io.caravan.mail.RunState;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;

/** What a test suite does with the mailbox: waits for a mail, looks into it, lets one out, and cleans up. */
class MailboxApiIT {

    private static final String ALL = "/api/v1/mailbox/messages";

    @TempDir
    private static Path data;
    private static ScriptedSink sink;
    private static Server server;
    private static ApiCalls api;

    @BeforeAll
    static void start() throws IOException {
        sink = new ScriptedSink().quiet().start();
        server = Server.on(data, "caravan.sandbox.verified=me@example.net,verified.example",
                "caravan.relays.main.uri=smtp://127.0.0.1:" + sink.port() + "?tls=none").start();
        api = new ApiCalls(server);
        server.drop("terms.pdf", "%PDF-1.4 terms");
        server.campaign("spring", Server.people(12, "example.org"), "attachments: [terms.pdf]",
                "tags: {season: spring}");
        server.campaign("winter", Server.people(3, "example.org"));
        server.awaitRun("spring", RunState.FINISHED);
        server.awaitRun("winter", RunState.FINISHED);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        sink.close();
    }

    private static Message first(String campaign) {
        return server.bean(Mailbox.class).page(Long.MAX_VALUE, 500).stream()
                .filter(mail -> mail.campaign().equals(campaign)).findFirst().orElseThrow();
    }

    @Test
    void theListIsSearchedAndPagedWithoutLossWhileMailsArrive() {
        List<Long> seen = new ArrayList<>();
        String next = ALL + "?limit=5&query=campaign:spring";
        for (int pages = 0; next != null; pages++) {
            Answer page = api.get(next);
            assertThat(page.status()).isEqualTo(200);
            page.json().at("/items").forEach(item -> seen.add(item.at("/id").asLong()));
            if (pages == 0) {
                server.campaign("meanwhile", Server.people(2, "example.com"));
                server.awaitRun("meanwhile", RunState.FINISHED);
            }
            next = page.raw().headers().firstValue("Link")
                    .map(link -> link.replaceAll("^<[^/]+//[^/]+([^>]+)>.*", "$1")).orElse(null);
        }

        assertThat(seen).hasSize(12).doesNotHaveDuplicates();
        assertThat(api.get(ALL + "?query=to:P7@example.org+tag:season+has:attachment").json().at("/items"))
                .singleElement().satisfies(mail -> {
                    assertThat(mail.at("/recipient").asString()).isEqualTo("p7@example.org");
                    assertThat(mail.at("/message_id").asString()).startsWith("<");
                    assertThat(mail.at("/tags/0").asString()).isEqualTo("season=spring");
                    assertThat(mail.at("/attachments").asInt()).isEqualTo(1);
                    assertThat(mail.at("/row").asString()).startsWith(server.run("spring").id() + ".");
                });
        assertThat(api.get(ALL + "?query=form:news").status()).isEqualTo(422);
        assertThat(api.get(ALL + "?query=form:news").fault()).contains("the nearest is 'from:'");
        assertThat(api.get(ALL + "?cursor=nonsense").status()).isEqualTo(400);
        assertThat(api.get(ALL + "?limit=501").fault()).contains("1 to 500");
    }

    @Test
    void aMailIsGivenTakenApartAndAsItWasSent() {
        Message mail = first("spring");

        Answer detail = api.get(ALL + "/" + mail.id());
        Answer raw = api.get(ALL + "/" + mail.id() + "/raw");

        assertThat(detail.json().at("/message/subject").asString()).isEqualTo("Hello from spring");
        assertThat(detail.json().at("/text").asString()).contains("this is spring.");
        assertThat(detail.json().at("/headers")).anySatisfy(header -> assertThat(header.at("/name").asString())
                .isEqualTo("List-Unsubscribe-Post"));
        assertThat(detail.json().at("/attachments/0/name").asString()).isEqualTo("terms.pdf");
        assertThat(raw.bytes()).isEqualTo(server.bean(Mailbox.class).raw(mail.id()).orElseThrow());
        assertThat(raw.raw().headers().firstValue("Content-Type")).contains("message/rfc822");
        assertThat(api.get(ALL + "/" + mail.id() + "/attachments/0").text()).isEqualTo("%PDF-1.4 terms");
        assertThat(api.get(ALL + "/" + mail.id() + "/attachments/1").fault()).contains("it has 1");
        assertThat(api.get(ALL + "/999999999").status()).isEqualTo(404);
    }

    @Test
    void releaseSendsTheStoredBytesToAVerifiedAddressAndSaysWhatBecameOfIt() {
        Message mail = first("winter");
        String release = ALL + "/" + mail.id() + "/release";
        int before = sink.takenCount();

        sink.next(script().on(Verb.RCPT, reply("550 5.1.1 nobody here"), honest()));
        Answer bounced = api.post(release, "{\"to\": \"me@example.net\"}");
        assertThat(bounced.json().at("/state").asString()).isEqualTo("bounced");
        assertThat(bounced.json().at("/reply").asString()).contains("nobody here");

        Answer done = api.post(release, "{\"to\": \"someone@verified.example\"}");

        assertThat(done.status()).isEqualTo(200);
        assertThat(done.json().at("/state").asString()).isEqualTo("accepted");
        assertThat(done.json().at("/reply").asString()).startsWith("250");
        assertThat(sink.taken().subList(before, sink.takenCount())).singleElement().satisfies(taken -> {
            assertThat(taken.recipient()).isEqualTo("someone@verified.example");
            assertThat(taken.sender()).isEqualTo(mail.sender());
            assertThat(taken.data()).isEqualTo(server.bean(Mailbox.class).raw(mail.id()).orElseThrow());
        });
        assertThat(server.bean(Mailbox.class).find(mail.id())).as("it stays in the mailbox").isPresent();
        assertThat(server.bean(Suppressions.class).find("me@example.net")).as("a try of ours suppresses nobody")
                .isEmpty();
    }

    @Test
    void releaseIsRefusedToTheUnverifiedAndTheSuppressed() {
        String release = ALL + "/" + first("winter").id() + "/release";
        long id = server.bean(Suppressions.class).add(new Suppression.New("off@verified.example", Scope.GLOBAL,
                Reason.MANUAL, "by phone", null, null));
        int before = sink.takenCount();

        Answer unverified = api.post(release, "{\"to\": \"ana@example.org\"}");
        Answer suppressed = api.post(release, "{\"to\": \"Off@Verified.example\"}");

        assertThat(unverified.status()).isEqualTo(422);
        assertThat(unverified.fault()).contains("not verified").contains("caravan.sandbox.verified");
        assertThat(suppressed.status()).isEqualTo(422);
        assertThat(suppressed.fault()).contains("suppression:" + id);
        assertThat(api.post(release, "{}").status()).isEqualTo(400);
        assertThat(api.post(ALL + "/999999999/release", "{\"to\": \"me@example.net\"}").status()).isEqualTo(404);
        assertThat(sink.takenCount()).isEqualTo(before);
    }

    @Test
    void oneMailAndWhatAQueryFindsAreThrownAway() {
        server.campaign("litter", Server.people(9, "litter.example"));
        server.awaitRun("litter", RunState.FINISHED);
        long all = server.bean(Mailbox.class).count();
        long id = first("litter").id();

        assertThat(api.delete(ALL + "/" + id).status()).isEqualTo(204);
        assertThat(api.delete(ALL + "/" + id).status()).isEqualTo(404);
        assertThat(api.delete(ALL + "?query=campain:litter").status()).isEqualTo(422);
        assertThat(api.delete(ALL + "?query=to:@litter.example").json().at("/removed").asInt()).isEqualTo(8);
        assertThat(server.bean(Mailbox.class).count()).isEqualTo(all - 9);
    }
}
