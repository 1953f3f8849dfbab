package io.caravan.flow;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.identity.DkimKeys;
import io.caravan.mailauth.KeySeal;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.transport.LocalDns;
import io.caravan.transport.Resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Records of keys that sign, as they change in the DNS after the activation. */
class RecordWatchTest {

    private static final DataSource SOURCE = TestDatabase.fresh();
    private static final DkimKeys KEYS = TestLedgers.on(SOURCE, Clock.systemUTC()).getBean(DkimKeys.class);
    private static final JdbcClient SQL = JdbcClient.create(SOURCE);
    private static final DkimSettings SETTINGS = new DkimSettings(Map.of("shop", "shop.example"), Map.of(),
            Duration.ZERO, Duration.ofDays(3), Duration.ofDays(4));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T12:00:00Z"));
    private LocalDns dns;
    private RecordCheck check;
    private DkimDesk desk;

    @BeforeEach
    void begin() throws Exception {
        dns = new LocalDns().start();
        check = new RecordCheck(new DnsRecords(new Resolver(List.of(dns.address()), PATIENCE, 0, System::nanoTime)));
        desk = new DkimDesk(KEYS, new KeySeal(new byte[32]), SETTINGS, check);
    }

    @AfterEach
    void end() throws Exception {
        KEYS.all().stream().filter(key -> key.sealed() != null)
                .forEach(key -> KEYS.retire(key.domain(), key.selector(), Duration.ZERO, true));
        dns.close();
    }

    @Test
    void aRecordThatIsTakenOutIsNamedAndOneThatComesBackIsRight() {
        DkimDesk.Line key = signing("a.example", "a1");
        RecordWatch watch = watch(PATIENCE);
        assertThat(watch.of("a.example")).extracting(RecordWatch.Look::found).containsExactly(new RecordFound.Right());

        dns.without(key.name());
        passing(RecordWatch.KEPT);
        assertThat(watch.of("a.example")).as("nobody waits for a second look").hasSize(1);
        await().atMost(PATIENCE).until(() -> found(watch, "a.example") instanceof RecordFound.Wrong);
        Health health = new DkimHealth(desk, watch).health();
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(words(health, "a.example")).startsWith("signed with ed25519 a1; receivers cannot verify ed25519 a1: "
                + "at a1._domainkey.a.example in the DNS there is no TXT record; put there exactly one TXT record, "
                + key.record());

        publish(key.name(), key.record());
        passing(RecordWatch.DOUBTED);
        await().atMost(PATIENCE).until(() -> found(watch, "a.example") instanceof RecordFound.Right);
        assertThat(words(new DkimHealth(desk, watch).health(), "a.example")).isEqualTo("signed with ed25519 a1");
    }

    @Test
    void aRecordIsAskedForOnceInTenMinutesHoweverOftenHealthIs() {
        DkimDesk.Line key = signing("b.example", "b1");
        desk.make("b.example", SigningAlgorithm.RSA, "b2");
        RecordWatch watch = watch(PATIENCE);

        for (int i = 0; i < 5; i++) {
            watch.all();
            passing(RecordWatch.KEPT.dividedBy(6));
        }

        assertThat(dns.asked(key.name(), "TXT")).isOne();
        assertThat(dns.asked()).as("a key that signs nothing is not asked for").isOne();
    }

    @Test
    void theRecordOfAReplacedKeyIsWatchedAsLongAsItSignsWhatIsTriedAgain() {
        DkimDesk.Line old = signing("e.example", "e1");
        signing("e.example", "e2");
        dns.without(old.name());

        assertThat(words(new DkimHealth(desk, watch(PATIENCE)).health(), "e.example"))
                .startsWith(
                        "signed with ed25519 e2; receivers cannot verify ed25519 e1, which signs what is tried again: "
                                + "at e1._domainkey.e.example in the DNS there is no TXT record; put there");

        SQL.sql("update dkim_key set signs_from = signs_from - interval 3 day, signs_until = signs_until - interval 3 day"
                + " where selector in ('e1', 'e2')").update();
        assertThat(words(new DkimHealth(desk, watch(PATIENCE)).health(), "e.example"))
                .isEqualTo("signed with ed25519 e2");
    }

    @Test
    void aDnsThatFailsIsUnknownAndNeitherWrongNorDown() {
        DkimDesk.Line key = signing("c.example", "c1");
        dns.failing(key.name(), LocalDns.Fault.SERVFAIL);

        Health health = new DkimHealth(desk, watch(PATIENCE)).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(words(health, "c.example"))
                .contains("signed with ed25519 c1; whether receivers can verify ed25519 c1"
                        + " is unknown: the DNS could not be asked for the TXT record at c1._domainkey.c.example")
                .doesNotContain("cannot verify");
    }

    @Test
    void healthDoesNotWaitForADnsThatIsSilent() {
        signing("d.example", "d1");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        RecordCheck slow = new RecordCheck(_ -> {
            asked.countDown();
            try {
                answers.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        RecordWatch watch = new RecordWatch(KEYS, slow, SETTINGS, now::get, Duration.ofMillis(1));

        String words = words(new DkimHealth(desk, watch).health(), "d.example");

        assertThat(words).contains("is unknown: the DNS has not answered yet");
        answers.countDown();
        await().atMost(PATIENCE).until(() -> found(watch, "d.example") instanceof RecordFound.Wrong);
        assertThat(asked.getCount()).isZero();
    }

    private DkimDesk.Line signing(String domain, String selector) {
        DkimDesk.Line key = desk.make(domain, SigningAlgorithm.ED25519, selector);
        publish(key.name(), key.record());
        desk.activate(domain, selector, true);
        return key;
    }

    private void publish(String name, String record) {
        dns.with(name, "TXT", '"' + record + '"');
    }

    private RecordWatch watch(Duration longest) {
        return new RecordWatch(KEYS, check, SETTINGS, now::get, longest);
    }

    private void passing(Duration time) {
        now.updateAndGet(then -> then.plus(time));
    }

    private static RecordFound found(RecordWatch watch, String domain) {
        return watch.of(domain).getFirst().found();
    }

    private static String words(Health health, String identity) {
        return String.valueOf(((Map<?, ?>) health.getDetails().get("identities")).get(identity));
    }
}
