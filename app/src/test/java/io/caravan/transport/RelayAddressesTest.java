package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.DeliveryResult.Accepted;
import io.caravan.mail.DeliveryResult.Deferred;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.script;
import static io.caravan.transport.ScriptedSink.stall;
import static org.assertj.core.api.Assertions.assertThat;

/** A relay whose name has several addresses. */
class RelayAddressesTest {

    private static final TestCertificates AUTHORITY = new TestCertificates();

    private final ScriptedSink first = new ScriptedSink();
    private final ScriptedSink second = new ScriptedSink();
    private HostNames names = host -> List.of(InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.3"));

    @BeforeEach
    void start() throws IOException {
        second.start("127.0.0.3", 0);
        first.start("127.0.0.2", second.port());
    }

    @AfterEach
    void stop() throws IOException {
        first.close();
        second.close();
    }

    private Post post(Waits waits) {
        return post(waits, Tls.OPPORTUNISTIC, null);
    }

    private Post post(Waits waits, Tls tls, String user) {
        return new Post(new Transport.Settings("caravan.example", List.of(), waits, 400, AUTHORITY.trust(), names),
                new Relay("a", "relay.example", second.port(), tls, user, user == null ? null : "secret", 1));
    }

    @ParameterizedTest
    @CsvSource({"GREETING, 554 5.3.2 no service", "GREETING, 421 4.3.2 busy", "EHLO, 421 4.3.2 busy"})
    void theNextIsAskedWhenTheFirstTakesTheConnectionAndGivesNoService(Verb where, String said) {
        first.always(script().on(where, replyAndClose(said)));

        try (Post post = post(Waits.RFC_5321)) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(second.takenCount()).isEqualTo(1);
        }
    }

    @Test
    void oneThatSaysNothingCostsItsTimeOutOnceAndNotEachNewConnection() {
        first.always(script().on(Verb.GREETING, stall()));
        second.always(script().on(Verb.DOT, replyAndClose("250 2.0.0 taken, goodbye")));

        try (Post post = post(Post.SCALED)) {
            for (int i = 0; i < 3; i++) {
                assertThat(post.send("n" + i + "@example.org")).isInstanceOf(Accepted.class);
            }
            assertThat(second.sessions()).isEqualTo(3);
            assertThat(first.sessions()).isEqualTo(1);
        }
    }

    @Test
    void whatFailsIsAskedLastAndNotNever() throws IOException {
        first.always(script().on(Verb.MAIL, drop()));

        try (Post post = post(Waits.RFC_5321)) {
            assertThat(post.send("ana@example.org")).as("it was asked to take it").isInstanceOf(Deferred.class);
            assertThat(post.send("bo@example.org")).isInstanceOf(Accepted.class);
            assertThat(first.sessions()).isEqualTo(1);

            first.always(script());
            second.close();
            assertThat(post.send("cy@example.org")).isInstanceOf(Accepted.class);
            assertThat(first.takenCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"hangs up, IMPLICIT", "expired, VERIFIED", "of another, IMPLICIT_VERIFIED", "offers none, REQUIRED"})
    void oneWithoutTheTlsThatMustBeIsLeftForTheNextAndAskedLast(String fault, Tls demanded) {
        boolean implicit = demanded.isImplicit();
        switch (fault) {
            case "hangs up" -> first.always(script().on(Verb.GREETING, drop()));
            case "expired" -> first.withTls(AUTHORITY.expired("relay.example").server(), implicit);
            case "of another" -> first.withTls(AUTHORITY.issue("other.example").server(), implicit);
            default -> {
            }
        }
        second.withTls(AUTHORITY.issue("relay.example").server(), implicit)
                .always(script().on(Verb.DOT, replyAndClose("250 2.0.0 taken, goodbye")));

        try (Post post = post(Waits.RFC_5321, demanded, null)) {
            for (int i = 0; i < 3; i++) {
                assertThat(post.send("n" + i + "@example.org")).isInstanceOf(Accepted.class);
            }
            assertThat(second.takenCount()).isEqualTo(3);
            assertThat(first.sessions()).isEqualTo(1);
            assertThat(first.takenCount()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.2, 127.0.0.3", "127.0.0.3, 127.0.0.2"})
    void whenNoneGivesServiceTheReasonIsTheTlsThatOneLacks(String one, String other) {
        names = host -> List.of(InetAddress.getByName(one), InetAddress.getByName(other));
        first.withTls(AUTHORITY.expired("relay.example").server(), false);
        second.always(script().on(Verb.GREETING, replyAndClose("421 4.3.2 busy")));

        try (Post post = post(Waits.RFC_5321, Tls.VERIFIED, null)) {
            assertThat(post.send("ana@example.org")).isInstanceOfSatisfying(Deferred.class, deferred -> {
                assertThat(deferred.status()).isEqualTo("4.7.5");
                assertThat(deferred.reason()).contains("the certificate of relay.example is valid from");
            });
            assertThat(first.sessions()).isEqualTo(1);
            assertThat(second.sessions()).isEqualTo(1);
        }
    }

    @Test
    void aLoginThatOneCannotCheckNowIsTriedAtTheNext() {
        first.offering("AUTH PLAIN").always(script().on(Verb.AUTH, reply("454 4.7.0 temporary failure")));
        second.offering("AUTH PLAIN");

        try (Post post = post(Waits.RFC_5321, Tls.NONE, "user")) {
            assertThat(post.send("ana@example.org")).isInstanceOf(Accepted.class);
            assertThat(second.takenCount()).isEqualTo(1);
        }
    }

    @Test
    void aLoginThatIsRefusedIsNotTriedElsewhere() {
        first.offering("AUTH PLAIN").always(script().on(Verb.AUTH, reply("535 5.7.8 wrong")));
        second.offering("AUTH PLAIN");

        try (Post post = post(Waits.RFC_5321, Tls.NONE, "user")) {
            assertThat(post.send("ana@example.org")).isInstanceOfSatisfying(Deferred.class,
                    deferred -> assertThat(deferred.reply()).isEqualTo("535 5.7.8 wrong"));
            assertThat(second.sessions()).isZero();
        }
    }
}
