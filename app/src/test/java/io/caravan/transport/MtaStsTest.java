package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.transport.TestCertificates.Issued;

import static org.assertj.core.api.Assertions.assertThat;

/** Policies that recipients' domains serve over HTTPS (RFC 8461): what they mean for mail. */
class MtaStsTest extends MtaStsFixture {

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
