package io.caravan.transport;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.transport.TestCertificates.Issued;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code tls=verified}: a relay whose certificate is not trusted or not its own gets no mail, which waits. */
class VerifiedTlsTest {

    private static final TestCertificates AUTHORITY = new TestCertificates();

    private static Post post(ScriptedSink sink, Tls tls, String host) {
        return new Post(new Transport.Settings("caravan.example", List.of(), Waits.RFC_5321, 400,
                AUTHORITY.trust()), new Relay("a", host, sink.port(), tls, null, null, 1));
    }

    private static ScriptedSink sink(Issued certificate) throws IOException {
        return new ScriptedSink().withTls(certificate.server(), false).start();
    }

    @Test
    void takesATrustedCertificateOfTheRelay() throws IOException {
        try (ScriptedSink sink = sink(AUTHORITY.issue("mx.other.example", "localhost"));
                Post post = post(sink, Tls.VERIFIED, "localhost")) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).contains("C: STARTTLS");
        }
    }

    /** A session that is resumed shows the certificate of an earlier one, whatever the host has now. */
    @Test
    void everyConnectionIsShownTheCertificateAnew() throws IOException {
        try (ScriptedSink sink = sink(AUTHORITY.issue("localhost"))) {
            sendsThrice(sink, Tls.REQUIRED);
            assertThat(sink.fullHandshakes()).as("where nobody looks at it, sessions are resumed").isEqualTo(1);
            sendsThrice(sink, Tls.VERIFIED);
            assertThat(sink.fullHandshakes()).isEqualTo(1 + 3);
        }
    }

    private static void sendsThrice(ScriptedSink sink, Tls tls) throws IOException {
        for (int i = 0; i < 3; i++) {
            try (Post post = post(sink, tls, "localhost")) {
                assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            }
        }
    }

    @Test
    void takesACertificateForTheRelaysAddress() throws IOException {
        try (ScriptedSink sink = sink(AUTHORITY.issue("127.0.0.1"));
                Post post = post(sink, Tls.VERIFIED, "127.0.0.1")) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void verifiesFromTheFirstByteToo() throws IOException {
        ScriptedSink right = new ScriptedSink().withTls(AUTHORITY.issue("localhost").server(), true).start();
        ScriptedSink wrong = new ScriptedSink().withTls(AUTHORITY.issue("other.example").server(), true).start();

        try (right;
                wrong;
                Post toRight = post(right, Tls.IMPLICIT_VERIFIED, "localhost");
                Post toWrong = post(wrong, Tls.IMPLICIT_VERIFIED, "localhost")) {
            assertThat(toRight.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(toWrong.send("ana@example.org")).isInstanceOf(Deferred.class);
            assertThat(wrong.transcript(0)).noneMatch(line -> line.startsWith("C: "));
        }
    }

    @Test
    void saysForWhomTheCertificateIs() throws IOException {
        refuses(AUTHORITY.issue("mx.other.example", "b.other.example"),
                "the certificate of localhost is for mx.other.example, b.other.example, not for localhost, and tls=verified is set (caravan.relays.a.uri)");
    }

    @Test
    void doesNotTakeTheCommonNameForAName() throws IOException {
        refuses(AUTHORITY.issue(), "is for nobody by name");
    }

    @Test
    void trustsNobodyByTheirOwnWord() throws IOException {
        refuses(TestCertificates.selfSigned("localhost"), "is of nobody trusted here (issuer: CN=host)");
    }

    @Test
    void trustsNoStrangersAuthority() throws IOException {
        refuses(new TestCertificates("Stranger").issue("localhost"), "is of nobody trusted here (issuer: CN=Stranger)");
    }

    @Test
    void takesNoExpiredCertificate() throws IOException {
        refuses(AUTHORITY.expired("localhost"), "the certificate of localhost is valid from");
    }

    private static void refuses(Issued certificate, String why) throws IOException {
        try (ScriptedSink sink = sink(certificate); Post post = post(sink, Tls.VERIFIED, "localhost")) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(result.reason()).contains(why);
            assertThat(result.status()).isEqualTo("4.7.5");
            assertThat(sink.transcript(0)).noneMatch(line -> line.startsWith("C: MAIL"));
            assertThat(sink.sessions()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VERIFIED", "REQUIRED"})
    void waitsForAHostThatOffersNoEncryption(String policy) throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = post(sink, Tls.valueOf(policy), "localhost")) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Deferred.class);
            assertThat(result.status()).isEqualTo("4.7.4");
            assertThat(result.reason()).contains("localhost offers no STARTTLS, and tls=");
        }
    }

    @Test
    void encryptsToAnybodyWhereNothingIsToBeVerified() throws IOException {
        try (ScriptedSink sink = sink(AUTHORITY.expired("other.example"));
                Post post = post(sink, Tls.REQUIRED, "localhost")) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
        }
    }
}
