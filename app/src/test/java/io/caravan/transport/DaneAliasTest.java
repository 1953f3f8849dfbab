package io.caravan.transport;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedKeyManager;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.mail.EmailAddress;
import io.caravan.transport.ScriptedSink.Verb;
import io.caravan.transport.TestCertificates.Issued;

import static io.caravan.transport.ScriptedSink.hold;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Whose TLSA records count where a mail exchanger is an alias, and for whom its certificate is (RFC 7672 sections 2.2.2 and 3.2.2). */
class DaneAliasTest {

    private static final TestCertificates AUTHORITY = new TestCertificates();
    private static final String MX = "mx.example.org";
    private static final String TARGET = "host.hoster.test";
    private static final Dns.Tlsa WRONG = new Dns.Tlsa(3, 1, 1, "00".repeat(32));

    private final List<TlsLog.Entry> log = new CopyOnWriteArrayList<>();
    private final List<String> wanted = new CopyOnWriteArrayList<>();
    private final Zone zone = new Zone().validating();

    private static Dns.Tlsa record(int usage, X509Certificate of) {
        try {
            byte[] key = MessageDigest.getInstance("SHA-256").digest(of.getPublicKey().getEncoded());
            return new Dns.Tlsa(usage, 1, 1, HexFormat.of().formatHex(key));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void zone(Dns.Tlsa... ofTarget) throws IOException {
        zone.host("example.org", 10, MX, "127.0.0.9").alias(MX, "between.example.org").alias("between.example.org",
                TARGET).address(TARGET, "127.0.0.1").tlsa(TARGET, ofTarget);
    }

    private Post post(ScriptedSink sink) {
        Transport.Mx mx = new Transport.Mx(
                new MxRouting(zone, new Providers(List.of()), SpecialAddresses.ALLOW, System::nanoTime), zone,
                sink.port(), 5, new Reuse(100, Duration.ofMinutes(5)), Duration.ofMillis(200), ProviderCheck.NONE,
                new TlsPolicies(Tls.OPPORTUNISTIC, Map.of(), null, zone), (entry, _) -> log.add(entry));
        return new Post(new Transport.Settings("caravan.example", List.of(), Waits.RFC_5321, 400), mx);
    }

    private DeliveryResult send(Issued certificate) throws IOException {
        try (ScriptedSink sink = new ScriptedSink().withTls(server(certificate), false).start();
                Post post = post(sink)) {
            DeliveryResult result = post.send(post.mx("ana@example.org"));
            assertThat(sink.takenCount()).isEqualTo(result instanceof Accepted ? 1 : 0);
            return result;
        }
    }

    private void accepts(Issued certificate, TlsLog.Policy by) throws IOException {
        assertThat(send(certificate)).isInstanceOf(Accepted.class);
        assertThat(log).containsExactly(new TlsLog.Entry("example.org", by, MX, TlsResult.SUCCESS));
    }

    private String refuses(Issued certificate) throws IOException {
        DeliveryResult result = send(certificate);
        assertThat(result).isInstanceOf(Deferred.class);
        return result.reason();
    }

    @Test
    void theRecordsAtTheEndOfTheAliasesCount() throws IOException {
        Issued good = AUTHORITY.issue();
        zone(record(3, good.certificate()));
        zone.tlsa(MX, WRONG);

        accepts(good, TlsLog.Policy.TLSA);
        assertThat(wanted).containsExactly(TARGET);
        assertThat(refuses(AUTHORITY.issue())).contains("the TLSA records of " + TARGET + " demand it");
    }

    @Test
    void withoutThoseThoseOfTheMailExchangersOwnNameDo() throws IOException {
        Issued good = AUTHORITY.issue();
        zone();
        zone.tlsa("between.example.org", WRONG).tlsa(MX, record(3, good.certificate()));

        accepts(good, TlsLog.Policy.TLSA);
        assertThat(wanted).containsExactly(MX);
        assertThat(refuses(AUTHORITY.issue())).contains("the TLSA records of " + MX + " demand it");
    }

    @Test
    void thoseAtTheEndThatNobodyValidatedAreNone() throws IOException {
        Issued good = AUTHORITY.issue();
        zone(WRONG);
        zone.unvalidated("_tlsa." + TARGET).tlsa(MX, record(3, good.certificate()));

        accepts(good, TlsLog.Policy.TLSA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"between.example.org", TARGET})
    void whereTheWayThereIsNotValidatedOnlyTheOwnNameCounts(String unvalidated) throws IOException {
        Issued good = AUTHORITY.issue();
        zone(WRONG);
        zone.unvalidated(unvalidated).tlsa(MX, record(3, good.certificate()));

        accepts(good, TlsLog.Policy.TLSA);
        assertThat(refuses(AUTHORITY.issue())).contains("the TLSA records of " + MX + " demand it");
    }

    @Test
    void whereTheOwnNameIsNotValidatedEitherNothingCounts() throws IOException {
        zone(WRONG);
        zone.unvalidated(MX).tlsa(MX, WRONG);

        accepts(AUTHORITY.issue(), TlsLog.Policy.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_tlsa." + TARGET, "_cname." + MX})
    void whatIsKeptBackIsNotThereForTheAsking(String broken) throws IOException {
        Issued good = AUTHORITY.issue();
        zone();
        zone.broken(broken).tlsa(MX, record(3, good.certificate()));
        if (broken.startsWith("_cname")) {
            zone.unvalidated(TARGET);
        }

        assertThat(refuses(good)).contains("nobody can say whether "
                + (broken.startsWith("_cname") ? MX : TARGET) + " has TLSA records");
    }

    @ParameterizedTest
    @ValueSource(strings = {TARGET, "example.org"})
    void anAuthoritysCertificateIsForTheEndOfTheAliasesOrTheDomainThatIsMailed(String name) throws IOException {
        zone(record(2, AUTHORITY.root()));

        accepts(AUTHORITY.issue(name), TlsLog.Policy.TLSA);
    }

    @ParameterizedTest
    @ValueSource(strings = {MX, "between.example.org", "other.example"})
    void andForNobodyElseNotTheAliasItself(String name) throws IOException {
        zone(record(2, AUTHORITY.root()));

        assertThat(refuses(AUTHORITY.issue(name)))
                .contains("is for " + name + ", not for " + TARGET + " or example.org");
    }

    @Test
    void orForTheDomainThatTheMailedOneIsAnAliasOf() throws IOException {
        zone.alias("example.org", "real.example").host("real.example", 10, MX, "127.0.0.1").tlsa(MX,
                record(2, AUTHORITY.root()));

        accepts(AUTHORITY.issue("real.example"), TlsLog.Policy.TLSA);
        zone.unvalidated("real.example");
        log.clear();
        accepts(AUTHORITY.issue("anybody.example"), TlsLog.Policy.NONE);
    }

    /** They share the host, and would share the connection. */
    @Test
    void aConnectionThatIsVouchedForByOneDomainsNameCarriesNoOthersMail() throws IOException {
        zone.host("example.org", 10, MX, "127.0.0.1").host("example.net", 10, MX, "127.0.0.1").tlsa(MX,
                record(2, AUTHORITY.root()));

        try (ScriptedSink sink = new ScriptedSink().withTls(AUTHORITY.issue("example.org").server(), false).start();
                Post post = post(sink)) {
            assertThat(post.send(post.mx("ana@example.org"))).isInstanceOf(Accepted.class);
            assertThat(post.send(post.mx("amy@example.org"))).isInstanceOf(Accepted.class);
            assertThat(post.send(post.mx("bo@example.net"))).isInstanceOf(Deferred.class)
                    .extracting(DeliveryResult::reason).asString().contains("not for mx.example.org or example.net");
            assertThat(sink.takenCount()).isEqualTo(2);
        }
    }

    /** The one that it was made for may not be fit for the host, or be taken away meanwhile. */
    @Test
    void norWhenItHasCarriedNoneYet() throws IOException {
        zone.host("example.org", 10, MX, "127.0.0.1").host("example.net", 10, MX, "127.0.0.1").tlsa(MX,
                record(2, AUTHORITY.root()));
        CountDownLatch bothWait = new CountDownLatch(1);

        try (ScriptedSink sink = new ScriptedSink().withTls(AUTHORITY.issue("example.org").server(), false)
                .offering("PIPELINING", "8BITMIME").next(script().on(Verb.GREETING, session -> {
                    hold(bothWait);
                    return session.honest();
                })).start();
                Post post = post(sink)) {
            Cleared unfit = post.mail(EmailAddress.parse("añä@example.org"), Transport.MX);
            Cleared other = post.mx("bo@example.net");
            post.offer(unfit);
            await().until(() -> sink.sessions() == 1);
            post.offer(other);
            bothWait.countDown();

            assertThat(post.result(unfit).status()).isEqualTo("5.6.7");
            assertThat(post.result(other)).isInstanceOf(Deferred.class)
                    .extracting(DeliveryResult::reason).asString().contains("not for mx.example.org or example.net");
            assertThat(sink.takenCount()).isZero();
        }
    }

    /** Shows this certificate, and notes for whom it was asked. */
    private SSLContext server(Issued certificate) {
        try {
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(new KeyManager[]{new Keys(certificate)}, null, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private final class Keys extends X509ExtendedKeyManager {
        private final Issued issued;

        Keys(Issued issued) {
            this.issued = issued;
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, java.net.Socket socket) {
            if (!type.equals("EC")) {
                return null;
            }
            ((ExtendedSSLSession) ((SSLSocket) socket).getHandshakeSession()).getRequestedServerNames()
                    .forEach(name -> wanted.add(((SNIHostName) name).getAsciiName()));
            return "host";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return issued.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return issued.key();
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[]{"host"};
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, java.net.Socket socket) {
            return null;
        }
    }
}
