package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.transport.TestCertificates.Issued;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

/** Policies that recipients' domains serve over HTTPS (RFC 8461). */
class MtaStsTest {

    private static final TestCertificates AUTHORITY = new TestCertificates();
    private static final String MX = "mx.example.org";
    private static final String ENFORCE = "version: STSv1\nmode: enforce\nmx: mx.example.org\nmax_age: 86400\n";

    private final Map<String, StsMemory.Kept> kept = new ConcurrentHashMap<>();
    private final StsMemory memory = new StsMemory() {
        @Override
        public Kept find(String domain) {
            return kept.get(domain);
        }

        @Override
        public void keep(Kept policy) {
            kept.put(policy.domain(), policy);
        }
    };
    private final List<TlsLog.Entry> log = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-25T12:00:00Z"));
    private Zone zone;
    private PolicyServer server;

    @BeforeEach
    void publishes() throws IOException {
        zone = new Zone().host("example.org", 10, MX, "127.0.0.1").address("mta-sts.example.org", "127.0.0.1")
                .txt("_mta-sts.example.org", "v=STSv1; id=1;");
        server = new PolicyServer(AUTHORITY.issue("mta-sts.example.org")).serving(ENFORCE);
    }

    @AfterEach
    void closes() throws IOException {
        server.close();
    }

    private MtaSts sts() {
        return new MtaSts(zone, memory, AUTHORITY.trust(), server.port(), Duration.ofMillis(1500),
                (entry, _) -> log.add(entry), now::get);
    }

    private Post post(ScriptedSink sink, Tls configured, Dns dane) {
        return post(sink, new TlsPolicies(configured, Map.of(), sts(), dane));
    }

    private Post post(ScriptedSink sink, TlsPolicies policies) {
        Transport.Mx mx = new Transport.Mx(
                new MxRouting(zone, new Providers(List.of()), SpecialAddresses.ALLOW, System::nanoTime), zone,
                sink.port(), 5,
                new Reuse(100, Duration.ofMinutes(5)), Duration.ofMillis(200), ProviderCheck.NONE,
                policies, (entry, _) -> log.add(entry));
        return new Post(new Transport.Settings("caravan.example", List.of(), Waits.RFC_5321, 400,
                AUTHORITY.trust()), mx);
    }

    private static ScriptedSink sink(Issued certificate) throws IOException {
        return new ScriptedSink().withTls(certificate.server(), false).start();
    }

    private static TlsLog.Entry sts(TlsResult result) {
        return new TlsLog.Entry("example.org", TlsLog.Policy.STS, MX, result);
    }

    @Test
    void aHostThatIsNamedAndProvesItsNameGetsTheMail() throws IOException {
        try (ScriptedSink sink = sink(AUTHORITY.issue(MX)); Post post = post(sink, Tls.OPPORTUNISTIC, null)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(post.send(post.mx("ben@example.org"))).isInstanceOf(Accepted.class);

            assertThat(log).containsExactly(sts(TlsResult.SUCCESS));
            assertThat(server.requests()).isEqualTo(1);
            assertThat(server.lastRequest()).startsWith("GET /.well-known/mta-sts.txt HTTP/1.1\r\n")
                    .contains("\r\nHost: mta-sts.example.org\r\n");
        }
    }

    @Test
    void aHostThatCannotProveItsNameGetsNoMail() throws IOException {
        refuses(sink(AUTHORITY.issue("mx.evil.example")), TlsResult.CERTIFICATE_HOST_MISMATCH,
                "is for mx.evil.example, not for mx.example.org, and the MTA-STS policy of example.org demands it");
        refuses(sink(TestCertificates.selfSigned(MX)), TlsResult.CERTIFICATE_NOT_TRUSTED, "is of nobody trusted here");
        refuses(sink(AUTHORITY.expired(MX)), TlsResult.CERTIFICATE_EXPIRED, "is valid from");
        refuses(new ScriptedSink().start(), TlsResult.STARTTLS_NOT_SUPPORTED, "offers no STARTTLS");
    }

    @Test
    void aHostThatIsNotNamedGetsNoMail() throws IOException {
        server.serving(ENFORCE.replace("mx.example.org", "*.mail.example.org"));

        refuses(sink(AUTHORITY.issue(MX)), TlsResult.VALIDATION_FAILURE,
                "the MTA-STS policy of example.org names *.mail.example.org, not mx.example.org");
    }

    private void refuses(ScriptedSink sink, TlsResult counted, String why) throws IOException {
        log.clear();
        try (sink; Post post = post(sink, Tls.OPPORTUNISTIC, null)) {
            DeliveryResult result = post.send(post.mx("ana@example.org"));

            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(result.status()).startsWith("4.7.");
            assertThat(result.reason()).contains(why);
            assertThat(sink.takenCount()).isZero();
            assertThat(log).containsExactly(sts(counted));
        }
    }

    @Test
    void aPolicyInTestingOnlyCounts() throws IOException {
        server.serving(ENFORCE.replace("enforce", "testing"));

        try (ScriptedSink sink = sink(AUTHORITY.issue("mx.evil.example"));
                Post post = post(sink, Tls.OPPORTUNISTIC, null)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(log).containsExactly(sts(TlsResult.CERTIFICATE_HOST_MISMATCH));
        }
    }

    @Test
    void whatIsConfiguredHoldsWhereNothingIsPublished() throws IOException {
        zone.withoutTxt("_mta-sts.example.org");

        try (ScriptedSink sink = sink(TestCertificates.selfSigned(MX));
                Post verified = post(sink, Tls.VERIFIED, null);
                Post required = post(sink, Tls.REQUIRED, null);
                Post none = post(sink, Tls.NONE, null)) {
            DeliveryResult result = verified.send(verified.mx("ana@example.org"));
            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(result.reason()).contains("tls=verified is set (caravan.tls.default)");
            assertThat(required.send(required.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(none.send(none.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(2)).doesNotContain("C: STARTTLS");
        }
    }

    @Test
    void whatADomainDemandsIsNotWeakenedByConfiguration() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = post(sink, Tls.NONE, null)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Deferred.class);
        }
    }

    @Test
    void tlsaRecordsCountBeforeThePolicy() throws IOException {
        Issued own = TestCertificates.selfSigned("nobody.example");
        zone.validating().tlsa(MX, new Dns.Tlsa(3, 0, 1, ScriptedSink.sha256(encoded(own))));

        try (ScriptedSink sink = sink(own); Post post = post(sink, Tls.OPPORTUNISTIC, zone)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(log).extracting(TlsLog.Entry::policy).containsExactly(TlsLog.Policy.TLSA);
        }
    }

    private static byte[] encoded(Issued certificate) {
        try {
            return certificate.certificate().getEncoded();
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void domainsWithDifferentPoliciesShareNoConnection() throws IOException {
        zone.host("open.example", 10, MX, "127.0.0.1");

        try (ScriptedSink sink = sink(TestCertificates.selfSigned(MX));
                Post post = post(sink, Tls.OPPORTUNISTIC, null)) {
            assertThat(post.send(post.mx("ana@open.example"))).isInstanceOf(Accepted.class);
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Deferred.class);
        }
    }

    @Test
    void aPolicyHoldsUntilItExpiresThoughItsRecordIsGone() {
        assertThat(sts().of("example.org")).isNotNull();
        zone.withoutTxt("_mta-sts.example.org");

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE)); // a new one, as after a restart
        now.set(now.get().plus(Duration.ofHours(25)));
        assertThat(sts().of("example.org")).isNull();
        assertThat(server.requests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 404 Not Found\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nversion: STSv1\nmode: none\n"})
    void aPolicyHoldsUntilItExpiresThoughTheNextCannotBeHad(String answer) {
        assertThat(sts().of("example.org")).isNotNull();
        zone.txt("_mta-sts.example.org", "v=STSv1; id=2;");
        server.answering(answer);

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
        assertThat(server.requests()).isEqualTo(2);
        now.set(now.get().plus(Duration.ofHours(25)));
        assertThat(sts().of("example.org")).isNull();
    }

    @Test
    void aPolicyIsFetchedAgainWhenItsIdChangesOrHalfItsTimeIsOver() {
        sts().of("example.org");
        sts().of("example.org");
        assertThat(server.requests()).isEqualTo(1);

        zone.txt("_mta-sts.example.org", "v=STSv1; id=2;");
        server.serving(ENFORCE.replace("enforce", "none"));
        assertThat(sts().of("example.org").mode()).isEqualTo(StsPolicy.Mode.NONE);

        now.set(now.get().plus(Duration.ofHours(13)));
        sts().of("example.org");
        assertThat(server.requests()).isEqualTo(3);
    }

    @Test
    void nobodyIsAskedTwiceInFiveMinutes() {
        MtaSts sts = sts();
        server.answering("HTTP/1.1 500 Oops\r\n\r\n");

        sts.of("example.org");
        now.set(now.get().plus(Duration.ofMinutes(4)));
        sts.of("example.org");

        assertThat(zone.askedForTxt()).isEqualTo(1);
        now.set(now.get().plus(Duration.ofMinutes(2)));
        sts.of("example.org");
        assertThat(zone.askedForTxt()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 302 Found\r\nLocation: https://mta-sts.example.org/x\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + ENFORCE,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 900000\r\n\r\n" + ENFORCE,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n" + ENFORCE,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + ENFORCE,
            "250 hello\r\n\r\n",
            ""})
    void whatIsNoAnswerIsNoPolicy(String answer) {
        server.answering(answer);

        assertThat(sts().of("example.org")).isNull();
        assertThat(log).containsExactly(
                new TlsLog.Entry("example.org", TlsLog.Policy.STS, "", TlsResult.STS_POLICY_FETCH_ERROR));
    }

    @Test
    void aPolicyComesInChunksToo() {
        server.answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "10;x=y\r\n" + ENFORCE.substring(0, 16) + "\r\n" + Integer.toHexString(ENFORCE.length() - 16) + "\r\n"
                + ENFORCE.substring(16) + "\r\n0\r\n\r\n");

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
    }

    @Test
    void aServerThatGivesAByteASecondIsLeft() {
        server.slowly(Duration.ofMillis(100));
        long before = System.nanoTime();

        assertThat(sts().of("example.org")).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    /** As where IPv6 leads nowhere, or one of two machines is without power. */
    @Test
    void aServerIsReachedThoughItsFirstAddressesTakeNoConnection() throws IOException {
        zone.address("mta-sts.example.org", "127.0.0.2", "127.0.0.3", "127.0.0.1");
        try (DarkHost _ = new DarkHost("127.0.0.2", server.port());
                DarkHost _ = new DarkHost("127.0.0.3", server.port())) {
            assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
        }
    }

    @Test
    void bothFamiliesOfAServersAddressesAreTried() throws IOException {
        zone.address("mta-sts.example.org", "::1", "::2", "::3", "::4", "127.0.0.1");

        assertThat(sts().of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
    }

    @Test
    void aPolicyThatCannotBeKeptHolds() {
        StsMemory away = new StsMemory() {
            @Override
            public Kept find(String domain) {
                return null;
            }

            @Override
            public void keep(Kept policy) {
                throw new IllegalStateException("the database is away");
            }
        };
        MtaSts sts = new MtaSts(zone, away, AUTHORITY.trust(), server.port(), Duration.ofMillis(1500),
                (entry, _) -> log.add(entry), now::get);

        assertThat(sts.of("example.org")).isEqualTo(StsPolicy.parse(ENFORCE));
    }

    @Test
    void anEndlessPolicyIsNone() {
        server.answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + ENFORCE + "x".repeat(70_000));

        assertThat(sts().of("example.org")).isNull();
    }

    @Test
    void aPolicyThatIsNoneIsCounted() {
        server.serving("version: STSv1\nmode: maybe\n");

        assertThat(sts().of("example.org")).isNull();
        assertThat(log).extracting(TlsLog.Entry::result).containsExactly(TlsResult.STS_POLICY_INVALID);
    }

    @Test
    void aServerThatCannotProveItsNameServesNone() throws IOException {
        server.close();
        server = new PolicyServer(AUTHORITY.issue("example.org", "mta-sts.evil.example")).serving(ENFORCE);

        assertThat(sts().of("example.org")).isNull();
        assertThat(log).extracting(TlsLog.Entry::result).containsExactly(TlsResult.STS_WEBPKI_INVALID);
        assertThat(server.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=STSv1", "v=STSv2; id=1;", "v=STSv1; id=;", "v=STSv1; id=a-b;", "id=1; v=STSv1;",
            "hello"})
    void aRecordThatIsNoneAsksForNothing(String record) {
        zone.txt("_mta-sts.example.org", record);

        assertThat(sts().of("example.org")).isNull();
        assertThat(server.requests()).isZero();
    }

    @Test
    void twoRecordsAreNoneAndOthersBesideDoNotMatter() {
        zone.txt("_mta-sts.example.org", "v=STSv1; id=1;", "v=STSv1; id=2;");
        assertThat(sts().of("example.org")).isNull();

        zone.txt("_mta-sts.example.org", "v=spf1 -all", "v=STSv1;id=20261125T120000Z");
        assertThat(sts().of("example.org")).isNotNull();
    }

    @Test
    void noRecordHoldsItsReaderUp() {
        for (String record : List.of("v=STSv1" + ";".repeat(60_000), "v=STSv1; id=" + " ".repeat(60_000) + "\r;",
                "v=STSv1;" + " id".repeat(20_000) + ";\n")) {
            zone.txt("_mta-sts.example.org", record);

            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThat(sts().of("example.org")).isNull());
        }
        assertThat(server.requests()).isZero();
    }

    @Test
    void aBatchForANewDomainAsksForItsPolicyOnceAndCountsOneFailure() throws IOException {
        server.answering("HTTP/1.1 500 Oops\r\n\r\n");

        try (ScriptedSink sink = new ScriptedSink().start(); Post post = post(sink, Tls.OPPORTUNISTIC, null)) {
            List<Cleared> batch = new ArrayList<>();
            for (int i = 0; i < 150; i++) {
                batch.add(post.mx("p" + i + "@example.org"));
            }

            assertThat(post.sendAll(batch)).allMatch(Accepted.class::isInstance);
        }
        assertThat(server.requests()).isEqualTo(1);
        assertThat(log.stream().filter(entry -> entry.result() == TlsResult.STS_POLICY_FETCH_ERROR)).hasSize(1);
    }

    @Test
    void mailIsSettledThoughAPolicyCannotBeReadAtAll() throws IOException {
        zone.txt("_mta-sts.example.org", "v=STSv1; id=2;");
        StsMemory broken = new StsMemory() {
            @Override
            public Kept find(String domain) {
                throw new StackOverflowError("as a parser may");
            }

            @Override
            public void keep(Kept policy) {
                // nothing comes so far
            }
        };
        MtaSts sts = new MtaSts(zone, broken, AUTHORITY.trust(), server.port(), Duration.ofMillis(1500),
                (entry, _) -> log.add(entry), now::get);

        try (ScriptedSink sink = new ScriptedSink().start();
                Post post = post(sink, new TlsPolicies(Tls.OPPORTUNISTIC, Map.of(), sts, null))) {
            DeliveryResult result = post.send(post.mx("ana@example.org"));

            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(result.reason()).contains("our own error");
        }
    }
}
