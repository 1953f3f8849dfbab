package io.caravan.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.flow.DkimDesk;
import io.caravan.mailauth.PublicVerifier;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.pacing.TlsDays;
import io.caravan.pacing.TlsDays.Report;
import io.caravan.pacing.TlsResults;
import io.caravan.pacing.TlsResults.Key;
import io.caravan.transport.LocalDns;
import io.caravan.transport.PolicyServer;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;
import io.caravan.transport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How TLS went, to people and programs, and the report that a domain gets although its own policy would keep all mail away from its host. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TlsReportsIT {

    private static final LocalDate YESTERDAY = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    private static final String POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx.strict.example\r\nmax_age: 86400\r\n";

    @TempDir
    private static Path data;
    @TempDir
    private static Path keys;
    private static LocalDns dns;
    private static PolicyServer policy;
    private static PolicyServer desk;
    private static ScriptedSink impostor;
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        TestCertificates authority = new TestCertificates();
        Path roots = keys.resolve("roots.pem");
        Files.writeString(roots, "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(authority.root().getEncoded())
                + "\n-----END CERTIFICATE-----\n");
        int port = freePort();
        policy = new PolicyServer(authority.issue("mta-sts.strict.example")).serving(POLICY);
        desk = new PolicyServer(authority.issue("desk.strict.example")).answering("HTTP/1.1 201 Created\r\n\r\n");
        impostor = new ScriptedSink().quiet().withTls(authority.issue("mx.evil.example").server(), false)
                .start("127.0.0.2", port);
        dns = new LocalDns().withMx("strict.example", 10, "mx.strict.example", "127.0.0.2")
                .withMx("lost.example", 10, "mx.lost.example", "127.0.0.2")
                .with("_mta-sts.strict.example", "TXT", "\"v=STSv1; id=1;\"")
                .with("mta-sts.strict.example", "A", "127.0.0.1").with("desk.strict.example", "A", "127.0.0.1")
                .with("_smtp._tls.strict.example", "TXT", "\"v=TLSRPTv1; rua=mailto:tls%2Bin@strict.example,\""
                        + " \"https://desk.strict.example:" + desk.port() + "/in?a=1\"")
                .with("_smtp._tls.lost.example", "TXT", "\"v=TLSRPTv1;rua=https://gone.lost.example/\"").start();
        server = Server.on(data, "caravan.mode=production", "caravan.public-url=https://mail.shop.example",
                "caravan.dns.servers=127.0.0.1:" + dns.port(), "caravan.mx.port=" + port,
                "caravan.mx.special-addresses=allow",
                "caravan.tls.roots=" + roots, "caravan.tls.mta-sts.port=" + policy.port(),
                "caravan.waits.key-notice=1s", "caravan.retry.first=1h", "caravan.waits.tls-reports=300ms",
                "caravan.tls.reports.enabled=true", "caravan.tls.reports.from=tls@shop.example",
                "caravan.tls.reports.organization=Ana's Shop").start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        impostor.close();
        desk.close();
        policy.close();
        dns.close();
    }

    @Test
    @Order(1)
    void aDaysResultsAreTheLedgersOnThePageAndInTheApi() {
        server.campaign("strict", Server.people(4, "strict.example")); // its policy is kept, and none of them arrives
        await().atMost(Duration.ofSeconds(30)).until(() -> server.runs("strict").size() == 1
                && server.ledger("strict").stream().filter(row -> row.status().equals("4.7.5")).count() == 4);
        server.bean(TlsResults.class).add(Map.of(key("strict.example", "mx.strict.example", "success"), 1205L,
                key("strict.example", "mx.strict.example", "certificate-host-mismatch"), 7L,
                key("strict.example", "", "sts-policy-fetch-error"), 2L,
                new Key(YESTERDAY, "easy.example", "no-policy-found", "mx.easy.example", "success"), 3L,
                new Key(YESTERDAY, "lost.example", "no-policy-found", "mx.lost.example", "success"), 3L));
        Pages pages = Pages.of(server);

        pages.open("/tls?day=" + YESTERDAY);
        assertThat(pages.text("[data-domain='strict.example']")).contains("failures", "1,205", "9");
        assertThat(pages.text("[data-domain='easy.example']")).contains("well", "3");
        pages.check("/tls?day=" + YESTERDAY);
        pages.open("/tls?failed=true&day=" + YESTERDAY);
        assertThat(pages.all("[data-domain]")).hasSize(1);
        pages.tabTo("[data-domain='strict.example'] a").press(Keys.ENTER);
        pages.untilText("#sessions", "1,205 well, 9 failed");
        assertThat(pages.text("[data-result='certificate-host-mismatch']")).contains("mx.strict.example", "MTA-STS",
                "7", "The certificate is for other names");
        pages.check("/tls/" + YESTERDAY + "/strict.example");

        ApiCalls api = new ApiCalls(server);
        JsonNode listed = api.get("/api/v1/tls-results?limit=1&day=" + YESTERDAY).json();
        assertThat(listed.at("/items/0/domain").asString()).isEqualTo("easy.example");
        JsonNode next = api.get("/api/v1/tls-results?limit=1&failed=true&cursor=" + listed.at("/next").asString())
                .json();
        assertThat(next.at("/items/0/failed").asLong()).isEqualTo(9);
        assertThat(api.get("/api/v1/tls-results/" + YESTERDAY + "/strict.example").json().at("/results")).hasSize(3);
        assertThat(api.get("/api/v1/tls-results/" + YESTERDAY + "/other.example").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/tls-results/2026-13-40/strict.example").status()).isEqualTo(400);

        String today = "/api/v1/tls-results/" + YESTERDAY.plusDays(1) + "/strict.example";
        await().atMost(Duration.ofSeconds(20)).until(() -> api.get(today).status() == 200); // added every ten seconds
        JsonNode heard = api.get(today).json();
        assertThat(heard.at("/results/0/sending_ip").asString()).isEqualTo("127.0.0.1");
        assertThat(heard.at("/results/0/receiving_ip").asString()).startsWith("127.0.0.");
        assertThat(heard.at("/policies/sts")).extracting(JsonNode::asString).contains("version: STSv1",
                "mode: enforce", "mx: mx.strict.example");
        assertThat(api.get(today + "/report").json().at("/policies/0/policy/policy-string"))
                .isEqualTo(heard.at("/policies/sts"));
        pages.open("/tls/" + YESTERDAY.plusDays(1) + "/strict.example");
        assertThat(pages.text("#results")).contains("from 127.0.0.1");
        assertThat(pages.text("[data-policy='MTA-STS']")).contains("mode: enforce");
        pages.check("/tls/" + YESTERDAY.plusDays(1) + "/strict.example");
    }

    @Test
    @Order(2)
    void withoutASigningKeyNothingIsSentAndThePageSaysSo() {
        server.sql().sql("update tls_day set next_at = '2000-01-01' where domain = 'easy.example'").update();
        await().atMost(Duration.ofSeconds(20)).until(() -> day("easy.example").report() == Report.NONE);
        server.bean(TlsResults.class).add(Map.of(new Key(YESTERDAY, "strict.example", "sts", "mx.strict.example",
                "success"), 1L)); // late counts are in it, too
        server.sql().sql("update tls_day set next_at = '2000-01-01' where domain = 'strict.example'").update();

        await().atMost(Duration.ofSeconds(20)).until(() -> day("strict.example").said().contains("no key signs"));
        assertThat(impostor.taken()).isEmpty();
    }

    @Test
    @Order(3)
    void theDomainGetsItsReportSignedByMailAndByHttps(@TempDir Path folder) throws Exception {
        DkimDesk dkim = server.bean(DkimDesk.class);
        DkimDesk.Line key = dkim.make("shop.example", SigningAlgorithm.RSA, null);
        Instant from = dkim.activate("shop.example", key.selector(), true);
        await().until(() -> Instant.now().isAfter(from.plusSeconds(1)));
        server.sql().sql("update tls_day set report = 'due', tries = 0, next_at = '2000-01-01' where day = ?"
                + " and domain <> 'easy.example'").param(YESTERDAY).update();

        await().atMost(Duration.ofSeconds(20)).until(() -> impostor.takenCount() == 1
                && day("lost.example").tries() == 1 && day("strict.example").report() == Report.SENT);
        Taken mail = impostor.taken().getFirst();
        String text = new String(mail.data(), StandardCharsets.UTF_8);
        assertThat(mail.recipient()).isEqualTo("tls+in@strict.example");
        assertThat(text.replace("\r\n ", " ")).contains("From: Ana's Shop <tls@shop.example>",
                "Subject: Report Domain: strict.example Submitter: shop.example Report-ID: <",
                "TLS-Report-Domain: strict.example\r\n", "TLS-Report-Submitter: shop.example\r\n",
                "Content-Type: multipart/report; report-type=\"tlsrpt\";", "Content-Type: application/tlsrpt+gzip");
        JsonNode report = report(text);
        assertThat(report).isEqualTo(new ApiCalls(server)
                .get("/api/v1/tls-results/" + YESTERDAY + "/strict.example/report").json());
        assertThat(report.at("/policies/0/summary/total-successful-session-count").asLong()).isEqualTo(1206);
        assertThat(report.at("/policies/0/policy/mx-host/0").asString()).isEqualTo("mx.strict.example");
        assertThat(desk.lastRequest()).startsWith("POST /in?a=1 HTTP/1.1\r\nHost: desk.strict.example:")
                .contains("Content-Type: application/tlsrpt+gzip\r\n");
        assertThat(day("strict.example").said()).contains("mailto:tls+in@strict.example: mx.strict.example 250",
                "/in?a=1: answered 201");
        assertThat(day("lost.example").report()).as("it is tried again").isEqualTo(Report.DUE);
        assertThat(day("lost.example").said()).contains("https://gone.lost.example/: has no address");
        assertThat(server.sql().sql("select count(*) from tls_result where day > ? and result = 'success'")
                .param(YESTERDAY).query(Long.class).single()).as("a report is in no report").isZero();
        Map<String, String> records = dkim.list("shop.example").stream()
                .collect(Collectors.toMap(DkimDesk.Line::name, DkimDesk.Line::record));
        assertThat(PublicVerifier.DKIMPY.needed().complaints(folder, List.of(mail.data()), records)).isEmpty();
    }

    private static JsonNode report(String mail) throws IOException {
        String body = mail.substring(mail.indexOf("Content-Type: application/tlsrpt+gzip"));
        String packed = body.substring(body.indexOf("\r\n\r\n") + 4, body.indexOf("\r\n--=_tlsrpt--"));
        try (GZIPInputStream json = new GZIPInputStream(
                new ByteArrayInputStream(Base64.getMimeDecoder().decode(packed)))) {
            return JsonMapper.builder().build().readTree(json.readAllBytes());
        }
    }

    private static TlsDays.Day day(String domain) {
        return server.bean(TlsDays.class).find(YESTERDAY, domain).orElseThrow();
    }

    private static Key key(String domain, String host, String result) {
        return new Key(YESTERDAY, domain, "sts", host, result);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress("127.0.0.1", 0));
            return probe.getLocalPort();
        }
    }
}
