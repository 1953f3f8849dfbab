package io.caravan.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;

import static io.caravan.transport.ScriptedSink.Verb.AUTH;
import static io.caravan.transport.ScriptedSink.Verb.AUTH_LINE;
import static io.caravan.transport.ScriptedSink.Verb.EHLO;
import static io.caravan.transport.ScriptedSink.Verb.STARTTLS;
import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.honest;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.script;
import static org.assertj.core.api.Assertions.assertThat;

class StartTlsTest {

    private static SSLContext tls;

    @BeforeAll
    static void makesAKey(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("sink.p12");
        Process keytool = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias",
                "sink", "-keyalg",
                "EC", "-dname", "CN=sink.example", "-storetype", "PKCS12", "-storepass", "changeit", "-keystore",
                file.toString())
                .redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(said).isZero();
        tls = context(file);
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(keys.getKeyManagers(), null, null);
        return made;
    }

    private static Relay relay(ScriptedSink sink, Tls policy, String user) {
        return new Relay("a", "localhost", sink.port(), policy, user, user == null ? null : "s3cret", 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"OPPORTUNISTIC", "REQUIRED"})
    void encryptsAndIntroducesItselfAgain(Tls policy) throws IOException {
        try (ScriptedSink sink = new ScriptedSink().withTls(tls, false).start();
                Post post = Post.to(relay(sink, policy, null))) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).containsSubsequence("C: EHLO caravan.example", "S: 250 STARTTLS",
                    "C: STARTTLS",
                    "S: 220 2.0.0 go", "C: EHLO caravan.example", "C: MAIL FROM:<b+1@bounces.shop.example>");
            post.assertAgreesWith(sink);
        }
    }

    @Test
    void encryptsFromTheFirstByte() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().withTls(tls, true).start();
                Post post = Post.to(relay(sink, Tls.IMPLICIT, null))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void leavesTheLineInTheClearWhereToldSo() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().withTls(tls, false).start();
                Post post = Post.to(relay(sink, Tls.NONE, null))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).doesNotContain("C: STARTTLS");
        }
    }

    @Test
    void sendsNothingInTheClearWhereEncryptionIsRequired() throws IOException {
        try (ScriptedSink sink = new ScriptedSink().start(); Post post = Post.to(relay(sink, Tls.REQUIRED, null))) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOfSatisfying(Deferred.class,
                    deferred -> assertThat(deferred.reason()).contains("offers no STARTTLS, and tls=required"));
            assertThat(sink.transcript(0)).noneMatch(line -> line.startsWith("C: MAIL"));
        }
    }

    @Test
    void dropsAConnectionInWhichSomebodySpeaksBeforeTheHandshake() throws IOException {
        ScriptedSink sink = new ScriptedSink().withTls(tls, false)
                .always(script().on(STARTTLS, reply("220 2.0.0 go", "250-sink.example", "250 AUTH PLAIN"))).start();

        try (sink; Post post = Post.to(relay(sink, Tls.OPPORTUNISTIC, "caravan"))) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOfSatisfying(Deferred.class,
                    deferred -> assertThat(deferred.reason())
                            .contains("between its answer to STARTTLS and the handshake"));
            assertThat(sink.transcript(0)).noneMatch(line -> line.startsWith("C: AUTH") || line.startsWith("C: MAIL"));
            assertThat(sink.sessions()).isEqualTo(1);
        }
    }

    @ParameterizedTest // what comes too late to be seen before the handshake is no TLS, and the handshake fails on it
    @ValueSource(strings = {"250 2.0.0 injected\r\n", "220 2.0.0 again\r\n250-x\r\n250 AUTH PLAIN\r\n"})
    void takesNothingForAReplyThatCameInTheClear(String injected) throws IOException {
        ScriptedSink sink = new ScriptedSink().withTls(tls, false)
                .always(script().on(STARTTLS, after220(injected))).start();

        try (sink; Post post = Post.impatient(relay(sink, Tls.REQUIRED, null))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Deferred.class);
            assertThat(sink.transcript(0)).noneMatch(line -> line.startsWith("C: MAIL"));
            assertThat(sink.transcript(0).stream().filter(line -> line.startsWith("C: EHLO"))).hasSize(1);
        }
    }

    /** Says 220, and in a second packet what an attacker would have the client hear. */
    private static ScriptedSink.Act after220(String injected) {
        return session -> {
            session.honest();
            session.push(Duration.ofMillis(30), injected);
            return 220;
        };
    }

    @Test
    void forgetsWhatWasOfferedBeforeTheHandshake() throws IOException { // AUTH in the clear, none under TLS
        ScriptedSink sink = new ScriptedSink().withTls(tls, false)
                .always(script().on(ScriptedSink.Verb.EHLO,
                        reply("250-sink.example", "250-AUTH PLAIN", "250 STARTTLS")))
                .start();

        try (sink; Post post = Post.to(relay(sink, Tls.REQUIRED, "caravan"))) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result).isInstanceOfSatisfying(Deferred.class,
                    deferred -> assertThat(deferred.reason()).contains("offers neither AUTH PLAIN nor AUTH LOGIN"));
        }
    }

    @Test
    void goesInTheClearWhenAnOpportunisticHandshakeFails() throws IOException {
        ScriptedSink sink = new ScriptedSink().withTls(SSLContextWithoutKey.make(), false).start();

        try (sink; Post post = Post.to(relay(sink, Tls.OPPORTUNISTIC, null))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(sink.sessions()).isEqualTo(2);
        }
    }

    /** As in TLS 1.3, where what a host has against us comes behind our side of the handshake. */
    @Test
    void goesInTheClearWhenAnOpportunisticSessionBreaksRightAfterItsHandshake() throws IOException {
        ScriptedSink sink = new ScriptedSink().withTls(TestCertificates.selfSigned("localhost").server(), false)
                .always(script().on(EHLO, honest(), drop())).start();

        try (sink;
                Post post = Post.to(relay(sink, Tls.OPPORTUNISTIC, null));
                Post strict = Post.to(relay(sink, Tls.REQUIRED, null))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(sink.sessions()).isEqualTo(2);
            assertThat(sink.transcript(1)).doesNotContain("C: STARTTLS");

            assertThat(strict.send("ben@example.org")).isInstanceOf(Deferred.class);
            assertThat(sink.takenCount()).isEqualTo(1);
        }
    }

    @Test
    void logsInOnlyOverTls() throws IOException {
        ScriptedSink plain = new ScriptedSink().offering("PIPELINING", "AUTH PLAIN LOGIN").start();
        ScriptedSink encrypted = new ScriptedSink().offering("PIPELINING", "AUTH PLAIN LOGIN").withTls(tls, false)
                .start();

        try (plain;
                encrypted;
                Post post = Post.to(relay(plain, Tls.OPPORTUNISTIC, "caravan"));
                Post other = Post.to(relay(encrypted, Tls.OPPORTUNISTIC, "caravan"))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Deferred.class);
            assertThat(other.send("ana@example.org")).isInstanceOf(Accepted.class);

            assertThat(plain.transcript(0)).noneMatch(line -> line.startsWith("C: AUTH"));
            assertThat(encrypted.transcript(0))
                    .contains("C: AUTH PLAIN " + Base64.getEncoder().encodeToString("\0caravan\0s3cret".getBytes()));
        }
    }

    @Test
    void logsInByTheOldWayWherePlainIsNotOffered() throws IOException {
        ScriptedSink sink = new ScriptedSink().offering("AUTH=LOGIN")
                .always(script().on(AUTH, reply("334 VXNlcm5hbWU6")).on(AUTH_LINE, reply("334 UGFzc3dvcmQ6"),
                        reply("235 ok")))
                .start();

        try (sink; Post post = Post.to(relay(sink, Tls.NONE, "caravan"))) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(sink.transcript(0)).containsSubsequence("C: AUTH LOGIN", "C: Y2FyYXZhbg==", "C: czNjcmV0");
        }
    }

    @Test
    void saysThatTheLoginWasRefusedAndNotTheSecret() throws IOException {
        ScriptedSink sink = new ScriptedSink().offering("AUTH PLAIN").always(script().on(AUTH, reply("535 5.7.8 no")))
                .start();

        try (sink; Post post = Post.to(relay(sink, Tls.NONE, "caravan"))) {
            DeliveryResult result = post.send("ana@example.org");

            assertThat(result.reason()).contains("login refused").contains("caravan.relays.a.uri")
                    .doesNotContain("s3cret");
            assertThat(relay(sink, Tls.NONE, "caravan").toString()).doesNotContain("s3cret");
        }
    }

    /** A server that cannot complete a handshake. */
    private static final class SSLContextWithoutKey {
        static SSLContext make() {
            try {
                SSLContext made = SSLContext.getInstance("TLS");
                made.init(null, null, null);
                return made;
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }
}
