package io.caravan.transport;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.transport.TestCertificates.Issued;

import static org.assertj.core.api.Assertions.assertThat;

/** Hosts whose domain publishes their certificates (RFC 7672). */
class DaneTest {

    private static final TestCertificates AUTHORITY = new TestCertificates();
    private static final String MX = "mx.example.org";

    private final List<TlsLog.Entry> log = new CopyOnWriteArrayList<>();

    private Post post(ScriptedSink sink, Zone zone) {
        Transport.Mx mx = new Transport.Mx(
                new MxRouting(zone, new Providers(List.of()), SpecialAddresses.ALLOW, System::nanoTime), zone,
                sink.port(), 5,
                new Reuse(100, Duration.ofMinutes(5)), Duration.ofMillis(200), ProviderCheck.NONE,
                new TlsPolicies(Tls.OPPORTUNISTIC, Map.of(), null, zone), (entry, _) -> log.add(entry));
        return new Post(new Transport.Settings("caravan.example", List.of(), Waits.RFC_5321, 400), mx);
    }

    private static Zone zone(Dns.Tlsa... records) throws IOException {
        return new Zone().host("example.org", 10, MX, "127.0.0.1").tlsa(MX, records).validating();
    }

    private static ScriptedSink sink(Issued certificate) throws IOException {
        return new ScriptedSink().withTls(certificate.server(), false).start();
    }

    private static Dns.Tlsa record(int usage, int selector, int matching, X509Certificate of) {
        try {
            byte[] chosen = selector == 0 ? of.getEncoded() : of.getPublicKey().getEncoded();
            byte[] data = matching == 0
                    ? chosen
                    : MessageDigest.getInstance(matching == 1 ? "SHA-256" : "SHA-512").digest(chosen);
            return new Dns.Tlsa(usage, selector, matching, HexFormat.of().formatHex(data));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"3,0,0", "3,0,1", "3,0,2", "3,1,0", "3,1,1", "3,1,2"})
    void theCertificateItselfNeedsNeitherNameNorDates(int usage, int selector, int matching) throws IOException {
        Issued old = AUTHORITY.expired("somebody.else.example");

        accepts(old, record(usage, selector, matching, old.certificate()));
    }

    @ParameterizedTest
    @CsvSource({"2,0,0", "2,0,1", "2,0,2", "2,1,0", "2,1,1", "2,1,2"})
    void anAuthorityVouchesForTheHostsName(int usage, int selector, int matching) throws IOException {
        accepts(AUTHORITY.issue(MX), record(usage, selector, matching, AUTHORITY.root()));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,0"})
    void anAuthorityThatIsPublishedInFullNeedNotBeSent(int selector, int matching) throws IOException {
        Issued whole = AUTHORITY.issue(MX);

        accepts(new Issued(whole.chain().subList(0, 1), whole.key()), record(2, selector, matching, AUTHORITY.root()));
    }

    @Test
    void oneOfSeveralRecordsIsEnough() throws IOException { // as while a certificate is replaced
        Issued next = AUTHORITY.issue(MX);

        accepts(next, record(3, 1, 1, AUTHORITY.issue(MX).certificate()), record(3, 1, 1, next.certificate()));
    }

    private void accepts(Issued certificate, Dns.Tlsa... records) throws IOException {
        try (ScriptedSink sink = sink(certificate); Post post = post(sink, zone(records))) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).contains("C: STARTTLS");
            assertThat(log).containsExactly(
                    new TlsLog.Entry("example.org", TlsLog.Policy.TLSA, MX, TlsResult.SUCCESS));
        }
    }

    @Test
    void anotherCertificateGetsNoMail() throws IOException {
        DeliveryResult result = refuses(sink(AUTHORITY.issue(MX)),
                zone(record(3, 1, 1, AUTHORITY.issue(MX).certificate())), TlsResult.VALIDATION_FAILURE);

        assertThat(result.status()).isEqualTo("4.7.5");
        assertThat(result.reason())
                .contains("the certificate of mx.example.org is none of those that its TLSA records name");
    }

    @Test
    void anAuthoritysCertificateForSomebodyElseGetsNoMail() throws IOException {
        DeliveryResult result = refuses(sink(AUTHORITY.issue("other.example", "mx.evil.example")),
                zone(record(2, 0, 1, AUTHORITY.root())), TlsResult.CERTIFICATE_HOST_MISMATCH);

        assertThat(result.reason())
                .contains("is for other.example, mx.evil.example, not for mx.example.org or example.org");
    }

    @Test
    void anAuthoritysExpiredCertificateGetsNoMail() throws IOException {
        refuses(sink(AUTHORITY.expired(MX)), zone(record(2, 1, 1, AUTHORITY.root())), TlsResult.VALIDATION_FAILURE);
    }

    @Test
    void anotherAuthorityGetsNoMail() throws IOException {
        refuses(sink(new TestCertificates("Stranger").issue(MX)), zone(record(2, 0, 1, AUTHORITY.root())),
                TlsResult.VALIDATION_FAILURE);
    }

    @Test
    void aHostThatSuddenlyOffersNoEncryptionGetsNoMail() throws IOException {
        DeliveryResult result = refuses(new ScriptedSink().start(),
                zone(record(3, 1, 1, AUTHORITY.issue(MX).certificate())), TlsResult.STARTTLS_NOT_SUPPORTED);

        assertThat(result.status()).isEqualTo("4.7.4");
        assertThat(result.reason()).contains("the TLSA records of mx.example.org demand it");
    }

    @Test
    void aHostWhoseRecordsAreKeptBackGetsNoMail() throws IOException {
        DeliveryResult result = refuses(sink(AUTHORITY.issue(MX)), zone().broken("_tlsa." + MX),
                TlsResult.DNSSEC_INVALID);

        assertThat(result.reason()).contains("nobody can say whether mx.example.org has TLSA records");
    }

    private DeliveryResult refuses(ScriptedSink sink, Zone zone, TlsResult counted) throws IOException {
        try (sink; Post post = post(sink, zone)) {
            DeliveryResult result = post.send(post.mx("ana@example.org"));

            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(sink.takenCount()).isZero();
            assertThat(log).containsExactly(new TlsLog.Entry("example.org", TlsLog.Policy.TLSA, MX, counted));
            return result;
        }
    }

    @ParameterizedTest
    @CsvSource({"example.org", "mx.example.org", "_tlsa.mx.example.org"})
    void recordsThatNobodyValidatedMeanNothing(String unvalidated) throws IOException {
        Zone zone = zone(record(3, 1, 1, AUTHORITY.issue(MX).certificate())).unvalidated(unvalidated);

        try (ScriptedSink sink = sink(AUTHORITY.issue(MX)); Post post = post(sink, zone)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(log).extracting(TlsLog.Entry::policy).containsExactly(TlsLog.Policy.NONE);
        }
    }

    @Test
    void recordsThatNobodyUnderstandsStillDemandEncryption() throws IOException { // RFC 7672 section 2.2
        Dns.Tlsa unusable = new Dns.Tlsa(1, 0, 1, "00".repeat(32));

        try (ScriptedSink bare = new ScriptedSink().start();
                ScriptedSink sink = sink(TestCertificates.selfSigned("any.example"));
                Post toBare = post(bare, zone(unusable));
                Post toSink = post(sink, zone(unusable))) {
            assertThat(toBare.send(toBare.mx("ana@example.org"))).isInstanceOf(Deferred.class);
            assertThat(toSink.send(toSink.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(log).contains(new TlsLog.Entry("example.org", TlsLog.Policy.TLSA, MX, TlsResult.TLSA_INVALID));
        }
    }

    @Test
    void mailGoesToTheNextHostWhenTheFirstIsNotWhoItShouldBe() throws IOException {
        Issued good = AUTHORITY.issue("mx2.example.org");
        ScriptedSink bad = new ScriptedSink().withTls(AUTHORITY.issue(MX).server(), false).start("127.0.0.2", 0);
        ScriptedSink second = new ScriptedSink().withTls(good.server(), false).start("127.0.0.3", bad.port());
        Zone zone = new Zone().host("example.org", 10, MX, "127.0.0.2")
                .host("example.org", 20, "mx2.example.org", "127.0.0.3")
                .tlsa(MX, record(3, 1, 1, good.certificate()))
                .tlsa("mx2.example.org", record(3, 1, 1, good.certificate())).validating();

        try (bad; second; Post post = post(bad, zone)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(bad.takenCount()).isZero();
            assertThat(second.takenCount()).isEqualTo(1);
        }
    }
}
