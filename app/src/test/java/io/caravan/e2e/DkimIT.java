package io.caravan.e2e;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.flow.DkimDesk;
import io.caravan.mail.RunState;
import io.caravan.mailauth.PublicVerifier;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.transport.LocalDns;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Taken;
import io.caravan.transport.ScriptedSink.Verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Signing keys in the life of an installation: none, two at once, a rotation in the middle of a run, and what is tried again. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DkimIT {

    private static final int MAIN = 150;
    private static final int LATER = 5;

    @TempDir
    private static Path data;
    private static ScriptedSink main;
    private static ScriptedSink later;
    private static LocalDns dns;
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        dns = new LocalDns().start();
        main = new ScriptedSink().quiet().start();
        Act again = session -> {
            if (later.takenCount() >= LATER) {
                return ScriptedSink.honest().at(session);
            }
            ScriptedSink.reply("451 4.3.0 try again").at(session);
            return 250; // noted all the same
        };
        later = new ScriptedSink().quiet()
                .always(ScriptedSink.script().on(Verb.DOT, Collections.nCopies(100, again).toArray(Act[]::new)))
                .start();
        server = Server.on(data, Server.relays("main", main.port(), "later", later.port()))
                .with("caravan.dns.servers=127.0.0.1:" + dns.port(),
                        "caravan.routing.domains.[later.example]=relay:later",
                        "caravan.retry.first=6s", "caravan.retry.max-interval=6s", "caravan.waits.key-notice=1s",
                        "caravan.identities.shop.domain=shop.example",
                        "caravan.identities.shop.dkim.selectors=s1,s2,s3")
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        dns.close();
        main.close();
        later.close();
    }

    @Test
    @Order(1)
    void withoutAKeyMailLeavesUnsignedAndHealthSaysSo() throws Exception {
        server.campaign("plain", Server.people(3, "main.example"));
        server.awaitRun("plain", RunState.FINISHED);

        assertThat(main.taken()).hasSize(3).allSatisfy(mail -> assertThat(text(mail)).doesNotContain("DKIM-Signature"));
        assertThat(health()).contains("\"provider\":\"" + DkimDesk.provider() + "\"",
                "unsigned: no key signs; make one with 'caravan dkim shop new'");
    }

    @Test
    @Order(2)
    void aRotationInTheMiddleOfARunLeavesNoMailUnsignedAndNoBytesChanged(@TempDir Path folder) throws Exception {
        DkimDesk desk = server.bean(DkimDesk.class);
        desk.make("shop", SigningAlgorithm.RSA, null);
        desk.make("shop.example", SigningAlgorithm.ED25519, null);
        desk.activate("shop", "s1", true);
        Instant both = desk.activate("shop", "s2", true);
        await().until(() -> Instant.now().isAfter(both));
        int before = main.takenCount();
        server.campaign("spring", Server.people(MAIN, "main.example") + Server.people(LATER, "later.example").lines()
                .skip(1).map(line -> line + "\n").collect(Collectors.joining()), "rate: 30/s");
        await().atMost(Duration.ofSeconds(60)).until(() -> later.takenCount() == LATER);
        desk.make("shop", SigningAlgorithm.RSA, null);
        Instant turn = desk.activate("shop", "s3", true);
        server.awaitRun("spring", RunState.FINISHED);

        List<Taken> mails = main.taken().subList(before, before + MAIN);
        assertThat(mails.stream().map(mail -> rsaSelector(mail, turn)).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("s1", "s3");
        Map<String, List<Taken>> tries = later.taken().stream().collect(Collectors.groupingBy(Taken::recipient));
        assertThat(tries).hasSize(LATER).allSatisfy((_, two) -> {
            assertThat(two).hasSize(2);
            assertThat(two.getFirst().at()).isBefore(turn);
            assertThat(two.getLast().at()).isAfter(turn);
            assertThat(two.getFirst().sha256()).isEqualTo(two.getLast().sha256());
            assertThat(rsaSelector(two.getLast(), turn)).isEqualTo("s1");
        });
        List<byte[]> all = new ArrayList<>(mails.stream().map(Taken::data).toList());
        later.taken().forEach(mail -> all.add(mail.data()));
        assertThat(PublicVerifier.DKIMPY.needed().complaints(folder, all, records())).isEmpty();
    }

    @Test
    @Order(3)
    void theOldKeyIsKeptUntilItsMailIsOverUnlessItIsLost() throws Exception {
        assertThat(health()).contains("signed with ed25519 s2 and rsa s3; receivers cannot verify ed25519 s2: at"
                + " s2._domainkey.shop.example in the DNS there is no TXT record");
        DkimDesk desk = server.bean(DkimDesk.class);
        assertThatThrownBy(() -> desk.retire("shop", "s1", false)).hasMessageContaining("may still be tried");
        assertThatThrownBy(() -> desk.retire("shop", "s3", false)).hasMessageContaining("activate another one first");

        desk.retire("shop", "s1", true);

        assertThat(desk.list("shop")).extracting(key -> key.selector() + " " + key.state().word())
                .containsExactly("s1 retired", "s2 active", "s3 active");
        assertThatThrownBy(() -> desk.make("shop", SigningAlgorithm.RSA, null))
                .hasMessageContaining("every selector of shop is taken (s1, s2, s3)");
        assertThatThrownBy(() -> desk.list("nonsense"))
                .hasMessageContaining("there is no identity nonsense: name a From domain, or one of shop");
    }

    @Test
    @Order(4)
    void theVerbDoesTheSame() {
        Server.Said made = server.verb("dkim", "other.example", "new", "x1", "--algorithm", "ed25519");
        Server.Said activated = server.verb("dkim", "other.example", "activate", "x1", "--unchecked");
        Server.Said listed = server.verb("dkim", "other.example");
        Server.Said retired = server.verb("dkim", "other.example", "retire", "x1", "--now");
        Server.Said refused = server.verb("dkim", "shop", "retire", "s3");

        assertThat(made.out()).as(made.err()).matches(
                "x1\\._domainkey\\.other\\.example\\. IN TXT \\( \"v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=\" \\)\n");
        assertThat(made.err()).contains("caravan dkim other.example activate x1");
        assertThat(activated.out()).startsWith("x1 signs mail that is dated from ");
        assertThat(listed.out())
                .startsWith("selector,algorithm,state,signs_from,signs_until,name,record\nx1,ed25519,active,");
        assertThat(retired.exit()).isZero();
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("activate another one first");
        assertThat(server.verb("dkim", "shop", "dance").exit()).isEqualTo(2);
    }

    @Test
    @Order(5)
    void aKeyThatDoesNotOpenHoldsItsMailBack() {
        DkimDesk desk = server.bean(DkimDesk.class);
        desk.make("held.example", SigningAlgorithm.ED25519, "h1");
        Instant from = desk.activate("held.example", "h1", true);
        server.sql().sql("update dkim_key set sealed = concat(sealed, 'x') where selector = 'h1'").update();
        await().until(() -> Instant.now().isAfter(from));
        int before = main.takenCount();

        server.campaign("held", Server.people(2, "main.example"), "from: News <news@held.example>");

        await().atMost(Duration.ofSeconds(30)).until(() -> !server.runs("held").isEmpty() && server.ledger("held")
                .stream().anyMatch(
                        row -> String.valueOf(row.reason()).contains("does not open with this installation's secret")));
        assertThat(main.takenCount()).isEqualTo(before);
    }

    /** Merge data with line breaks, dots, ends of mails and white space: signed as it leaves, and as it arrives. */
    @Test
    @Order(6)
    void nothingThatAPersonIsCalledBreaksASignatureOrMakesASecondMail(@TempDir Path folder) throws Exception {
        List<String> names = List.of("a\rb", "a\nb", "a\r\n.\r\nMAIL FROM:<x@evil.example>", "\n.\n", "\r.\r", ".",
                "..",
                "\u0085\u2028", " \t ", "Zoë", "x".repeat(3000), "a\r\r\nb", "From me");
        StringBuilder csv = new StringBuilder("email,first_name\n");
        names.forEach(name -> csv.append("odd%d@main.example,\"%s\"\n".formatted(csv.length(), name)));
        int before = main.takenCount();

        server.campaign("odd", csv.toString(), "from: News <news@shop.example>");
        server.awaitRun("odd", RunState.FINISHED);

        List<byte[]> mails = main.taken().stream().skip(before).map(Taken::data).toList();
        assertThat(mails).hasSize(server.ledger("odd").size()).hasSizeGreaterThan(names.size() / 2);
        assertThat(main.strays()).isZero();
        assertThat(PublicVerifier.DKIMPY.needed().complaints(folder, mails, records())).isEmpty();
    }

    @Test
    @Order(7)
    void heldMailLeavesUnsignedOnceItsOwnerSaysSo() {
        DkimDesk desk = server.bean(DkimDesk.class);
        desk.make("gone.example", SigningAlgorithm.ED25519, "g1");
        Instant from = desk.activate("gone.example", "g1", true);
        assertThat(server.verb("dkim", "gone.example", "unsigned").err()).contains("retire it at once first");
        await().until(() -> Instant.now().isAfter(from));
        assertThat(server.verb("dkim", "gone.example", "retire", "g1", "--now").err())
                .contains("mail of gone.example waits for a key: its key was retired and no other signs");
        int before = main.takenCount();
        server.campaign("gone", Server.people(2, "main.example"), "from: News <news@gone.example>");
        await().atMost(Duration.ofSeconds(30)).until(() -> !server.runs("gone").isEmpty() && server.ledger("gone")
                .stream().anyMatch(row -> String.valueOf(row.reason()).contains("caravan dkim gone.example unsigned")));
        assertThat(main.takenCount()).isEqualTo(before);

        Server.Said said = server.verb("dkim", "gone.example", "unsigned");
        server.awaitRun("gone", RunState.FINISHED);

        assertThat(said.exit()).as(said.err()).isZero();
        assertThat(said.out()).startsWith("mail of gone.example leaves unsigned from ");
        assertThat(main.taken().subList(before, before + 2)).allSatisfy(
                mail -> assertThat(text(mail)).contains("news@gone.example").doesNotContain("DKIM-Signature"));
        assertThat(server.verb("dkim", "gone.example", "unsigned", "g1").exit()).isEqualTo(2);
    }

    /** The selector of its RSA signature, which is the one whose turn it was; it has an Ed25519 one, too. */
    private static String rsaSelector(Taken mail, Instant turn) {
        String header = text(mail).replaceAll("\r\n[ \t]+", " ");
        Matcher signatures = Pattern.compile("DKIM-Signature: v=1; a=(\\S+)-sha256; .*?s=(\\w+); t=(\\d+);")
                .matcher(header);
        Map<String, String> selectors = new HashMap<>();
        String moment = "";
        while (signatures.find()) {
            selectors.put(signatures.group(1), signatures.group(2));
            moment = signatures.group(3);
        }
        assertThat(selectors).containsOnlyKeys("rsa", "ed25519").containsEntry("ed25519", "s2");
        long dated = Long.parseLong(moment);
        if (dated != turn.getEpochSecond()) {
            assertThat(selectors.get("rsa")).isEqualTo(dated < turn.getEpochSecond() ? "s1" : "s3");
        }
        return selectors.get("rsa");
    }

    private static Map<String, String> records() {
        return server.bean(DkimDesk.class).list("shop").stream()
                .collect(Collectors.toMap(DkimDesk.Line::name, DkimDesk.Line::record));
    }

    private static String health() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.base().resolve("/actuator/health"))
                .header("Authorization", "Bearer " + server.token()).build();
        return server.http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String text(Taken mail) {
        return new String(mail.data(), StandardCharsets.UTF_8);
    }
}
