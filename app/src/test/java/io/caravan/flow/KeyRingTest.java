package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.identity.DkimKeys;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailauth.KeySeal;
import io.caravan.mailauth.SigningAlgorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which keys sign a mail of a date, as days go by and keys are turned. */
class KeyRingTest {

    private static final String SHOP = "shop.example";
    private static final DataSource SOURCE = TestDatabase.fresh();
    private static final DkimKeys KEYS = TestLedgers.on(SOURCE, Clock.systemUTC()).getBean(DkimKeys.class);
    private static final JdbcClient SQL = JdbcClient.create(SOURCE);
    private static final KeySeal SEAL = new KeySeal(new byte[32]);
    private static final DkimSettings SETTINGS = new DkimSettings(Map.of(), Map.of(), Duration.ZERO,
            Duration.ofDays(3), Duration.ofDays(4));

    private final DkimDesk desk = new DkimDesk(KEYS, SEAL, SETTINGS, new RecordCheck(_ -> List.of()));

    @BeforeEach
    void begin() {
        SQL.sql("delete from dkim_key").update();
    }

    @Test
    void mailOfAKeysTurnIsSignedAlthoughItsSelectorIsUsedAgain() {
        Instant first = turn("s1", SigningAlgorithm.ED25519);
        pass(1);
        turn("s2", SigningAlgorithm.ED25519);
        pass(8);
        desk.retire(SHOP, "s1", false);
        pass(8);
        Instant sent = first.minus(Duration.ofDays(17));
        assertThat(signed(sent)).contains("s=s2");

        desk.make(SHOP, SigningAlgorithm.ED25519, "s1");

        assertThat(signed(sent)).contains("s=s2");
        assertThat(signed(sent.minusSeconds(1))).as("of before the first key").isEmpty();
        assertThat(desk.list(SHOP)).extracting(DkimDesk.Line::selector).containsExactly("s2", "s1");
        desk.activate(SHOP, "s1", true);
        assertThat(signed(sent)).contains("s=s1");
    }

    @Test
    void mailWaitsAlthoughTheSelectorOfTheDomainsOnlyKeyIsUsedAgain() {
        Instant first = turn("s1", SigningAlgorithm.ED25519);
        desk.retire(SHOP, "s1", true);
        pass(8);

        desk.make(SHOP, SigningAlgorithm.ED25519, "s1");

        Instant sent = first.minus(Duration.ofDays(8));
        assertThat(desk.standing(SHOP).held()).isTrue();
        assertThatThrownBy(() -> signed(sent)).isInstanceOf(TemporaryFault.class);
        desk.activate(SHOP, "s1", true);
        assertThat(signed(sent)).contains("s=s1");
        assertThat(desk.standing(SHOP).held()).isFalse();
    }

    @Test
    void aReplacedKeySignsNoLongerThanAMailIsTriedSoThatItsRecordMayGoAWeekAfterItsTurn() {
        Instant first = turn("s1", SigningAlgorithm.ED25519);
        pass(1);
        turn("s2", SigningAlgorithm.ED25519);
        pass(2);
        assertThat(signed(first.minus(Duration.ofDays(3)))).as("tried again two days after its turn").contains("s=s1");

        pass(1);

        assertThat(signed(first.minus(Duration.ofDays(4)))).as("a doubt that is sent again later").contains("s=s2");
        assertThatThrownBy(() -> desk.retire(SHOP, "s1", false)).as("what it signed may lie with others")
                .hasMessageContaining("may still be tried or verified");
        pass(4);
        desk.retire(SHOP, "s1", false);
        assertThat(signed(first.minus(Duration.ofDays(8)))).contains("s=s2");
    }

    @Test
    void whatOnlyAReplacedKeyCouldSignWaitsOnceThatIsNoMoreInUse() {
        Instant first = turn("s1", SigningAlgorithm.ED25519);
        pass(1);
        turn("s2", SigningAlgorithm.ED25519);
        desk.retire(SHOP, "s2", true);
        assertThat(signed(first.minus(Duration.ofDays(1)))).contains("s=s1");

        pass(3);

        assertThatThrownBy(() -> signed(first.minus(Duration.ofDays(4)))).isInstanceOf(TemporaryFault.class);
    }

    @Test
    void mailWaitsForAnRsaKeyWhenThatWasRetiredAtOnceAlthoughAnEd25519KeySigns() {
        turn("e1", SigningAlgorithm.ED25519);
        Instant alone = KEYS.databaseNow();
        turn("s1", SigningAlgorithm.RSA);
        Instant both = KEYS.databaseNow();
        desk.retire(SHOP, "s1", true);
        Instant gap = KEYS.databaseNow();

        for (Instant dated : List.of(both, gap)) {
            assertThatThrownBy(() -> signed(dated)).isInstanceOf(TemporaryFault.class)
                    .hasMessageContaining("the RSA key of shop.example was retired and no other signs yet")
                    .hasMessageContaining("with an Ed25519 signature alone");
        }
        assertThat(signed(alone)).as("of before the first RSA key").contains("s=e1").doesNotContain("a=rsa");
        desk.make(SHOP, SigningAlgorithm.ED25519, "e2");
        assertThat(DkimHealth.words(desk.standing(SHOP))).isEqualTo("held: its RSA key was retired, and many receivers"
                + " do not verify ed25519 e1 alone; make one with 'caravan dkim shop.example new', or let its mail go"
                + " signed with ed25519 e1 with 'caravan dkim shop.example unsigned'");
        turn("s2", SigningAlgorithm.RSA);
        assertThat(signed(both)).contains("s=e1", "s=s2");
        assertThat(signed(gap)).contains("s=e1", "s=s2");
        assertThat(signed(alone)).contains("s=e1").doesNotContain("a=rsa");
        assertThat(DkimHealth.words(desk.standing(SHOP))).isEqualTo("signed with ed25519 e1 and rsa s2");
    }

    @Test
    void onTheOwnersWordMailGoesWithTheEd25519SignatureAlone() {
        turn("s1", SigningAlgorithm.RSA);
        turn("e1", SigningAlgorithm.ED25519);
        assertThatThrownBy(() -> desk.signNoMore(SHOP)).hasMessageContaining("retire it at once first");
        desk.retire(SHOP, "s1", true);
        Instant gap = KEYS.databaseNow();

        Instant given = desk.signNoMore(SHOP);

        for (Instant dated : List.of(gap, given)) {
            assertThat(signed(dated)).contains("s=e1").doesNotContain("a=rsa");
        }
        assertThat(desk.standing(SHOP).held()).isFalse();
        turn("s2", SigningAlgorithm.RSA);
        assertThat(signed(KEYS.databaseNow())).contains("s=e1", "s=s2");
        assertThat(signed(given)).as("what left so is tried again as it was").doesNotContain("a=rsa");
        desk.retire(SHOP, "s2", true);
        desk.signNoMore(SHOP);
        desk.retire(SHOP, "e1", true);
        assertThat(desk.standing(SHOP).held()).as("the word was about RSA").isTrue();
    }

    private Instant turn(String selector, SigningAlgorithm algorithm) {
        desk.make(SHOP, algorithm, selector);
        return desk.activate(SHOP, selector, true);
    }

    /** All that was done with keys was done so much earlier. */
    private static void pass(int days) {
        SQL.sql("""
                update dkim_key set signs_from = signs_from - interval :days day, signs_until = signs_until - interval :days day,
                       retired_at = retired_at - interval :days day, unsigned_from = unsigned_from - interval :days day""")
                .param("days", days).update();
    }

    private static String signed(Instant dated) {
        List<byte[]> mail = List.of("From: a@shop.example\r\n\r\nHello\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(new KeyRing(KEYS, SEAL, SETTINGS, InstantSource.system()).sign(SHOP, mail, dated),
                StandardCharsets.US_ASCII);
    }
}
