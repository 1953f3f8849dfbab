package io.caravan.identity;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

/** The life of signing keys: never two of an algorithm at a moment, and never none between two. */
class DkimKeysTest {

    private static final DataSource SOURCE = TestDatabase.fresh();
    private static final DkimKeys KEYS = TestLedgers.on(SOURCE, Clock.systemUTC()).getBean(DkimKeys.class);
    private static final JdbcClient SQL = JdbcClient.create(SOURCE);
    private static final String SHOP = "shop.example";
    private static final Duration WEEK = Duration.ofDays(7);

    @BeforeEach
    void begin() {
        SQL.sql("delete from dkim_key").update();
        add("a", "rsa");
    }

    @Test
    void aKeySignsNothingBeforeItIsActivated() {
        Instant now = KEYS.databaseNow();

        assertThat(key("a").state(now)).isEqualTo(KeyState.NEW);
        assertThat(key("a").signs(now)).isFalse();
        assertThat(key("a").name()).isEqualTo("a._domainkey.shop.example");
        assertThat(key("a").record()).isEqualTo("v=DKIM1; k=rsa; p=AAAA");
    }

    @Test
    void theNextKeysTurnBeginsWhereTheLastOnesEnds() {
        Instant first = KEYS.activate(SHOP, "a", Duration.ofSeconds(5));
        add("e", "ed25519");
        KEYS.activate(SHOP, "e", Duration.ZERO);
        add("b", "rsa");

        Instant second = KEYS.activate(SHOP, "b", Duration.ofSeconds(10));

        assertThat(second).isAfter(first);
        assertThat(key("a").signsUntil()).isEqualTo(second).isEqualTo(key("b").signsFrom());
        for (Instant at : List.of(first, second.minusNanos(1000), second, second.plusSeconds(1_000_000))) {
            assertThat(KEYS.of(SHOP).stream().filter(key -> key.algorithm().equals("rsa") && key.signs(at)))
                    .as("at %s", at)
                    .hasSize(1);
        }
        assertThat(key("a").signs(first.minusNanos(1000))).isFalse();
        assertThat(key("e").signsUntil()).isNull();
        assertThat(key("a").state(second)).isEqualTo(KeyState.REPLACED);
        assertThatThrownBy(() -> KEYS.activate(SHOP, "a", Duration.ZERO)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("make a new one");
        assertThatThrownBy(() -> KEYS.activate(SHOP, "z", Duration.ZERO)).hasMessageContaining("there is no key z");
    }

    @Test
    void aKeyThatIsNeededIsNotRetiredByMistake() {
        KEYS.activate(SHOP, "a", Duration.ZERO);
        assertThatThrownBy(() -> KEYS.retire(SHOP, "a", WEEK, false))
                .hasMessageContaining("activate another one first");
        add("b", "rsa");
        KEYS.activate(SHOP, "b", Duration.ZERO);
        assertThatThrownBy(() -> KEYS.retire(SHOP, "a", WEEK, false)).hasMessageContaining("may still be tried");

        SQL.sql("update dkim_key set signs_from = signs_from - interval 8 day, signs_until = signs_until - interval 8 day"
                + " where selector = 'a'").update();
        KEYS.retire(SHOP, "a", WEEK, false);

        assertThat(key("a").sealed()).isNull();
        assertThat(key("a").state(KEYS.databaseNow())).isEqualTo(KeyState.RETIRED);
        assertThat(key("b").sealed()).isNotNull();
        assertThatThrownBy(() -> KEYS.retire(SHOP, "a", WEEK, false)).hasMessageContaining("retired already");
    }

    @Test
    void aLostKeyStopsAtOnce() {
        KEYS.activate(SHOP, "a", Duration.ZERO);

        KEYS.retire(SHOP, "a", WEEK, true);

        assertThat(key("a").sealed()).isNull();
        assertThat(key("a").signs(KEYS.databaseNow())).isFalse();
    }

    @Test
    void aKeyThatNeverCameToItsTurnLeavesTheOneBeforeInPlace() {
        KEYS.activate(SHOP, "a", Duration.ZERO);
        add("b", "rsa");
        KEYS.activate(SHOP, "b", Duration.ofHours(1));

        KEYS.retire(SHOP, "b", WEEK, true);

        assertThat(key("a").signsUntil()).isNull();
        assertThat(KEYS.of(SHOP).stream().filter(key -> key.signs(Instant.now().plus(Duration.ofHours(2)))))
                .extracting(DkimKey::selector).containsExactly("a");
    }

    @Test
    void theOneBeforeGoesOnOnlyUntilTheOneAfter() {
        KEYS.activate(SHOP, "a", Duration.ZERO);
        add("b", "rsa");
        KEYS.activate(SHOP, "b", Duration.ofHours(1));
        add("c", "rsa");
        Instant last = KEYS.activate(SHOP, "c", Duration.ofHours(2));

        KEYS.retire(SHOP, "b", WEEK, true);

        assertThat(key("a").signsUntil()).isEqualTo(last);
        for (Instant at : List.of(last.minusSeconds(4000), last.minusNanos(1000), last, last.plusSeconds(9000))) {
            assertThat(KEYS.of(SHOP).stream().filter(key -> key.sealed() != null && key.signs(at))).as("at %s", at)
                    .hasSize(1);
        }
    }

    @Test
    void aSelectorIsTakenUntilAWeekAfterItsKey() {
        assertThatThrownBy(() -> add("a", "rsa")).isInstanceOf(InvalidInput.class).hasMessageContaining("taken");
        KEYS.activate(SHOP, "a", Duration.ZERO);
        KEYS.retire(SHOP, "a", WEEK, true);
        assertThatThrownBy(() -> add("a", "rsa")).hasMessageContaining("taken");

        SQL.sql("update dkim_key set retired_at = retired_at - interval 8 day").update();
        add("a", "rsa");

        assertThat(key("a").state(KEYS.databaseNow())).isEqualTo(KeyState.NEW);
        assertThatThrownBy(() -> add("a", "rsa")).hasMessageContaining("taken");
        KEYS.retire(SHOP, "a", WEEK, false);
        assertThat(KEYS.all()).as("one that never signed leaves no trace, the first one does").hasSize(1)
                .allSatisfy(key -> assertThat(key.isNamed()).isFalse());
        for (int again = 0; again < 2; again++) {
            add("a", "rsa");
            KEYS.activate(SHOP, "a", Duration.ZERO);
            KEYS.retire(SHOP, "a", WEEK, true);
            SQL.sql("update dkim_key set retired_at = retired_at - interval 8 day").update();
        }
        assertThat(KEYS.all()).extracting(DkimKey::selector).containsExactly("a", "a", "a");
    }

    @Test
    void aDomainThatUsesItsSelectorsAgainRemembersThatItSignsAndWhenItGaveThatUp() {
        KEYS.activate(SHOP, "a", Duration.ZERO);
        KEYS.retire(SHOP, "a", WEEK, true);
        KEYS.signNoMore(SHOP);
        add("b", "rsa");
        KEYS.activate(SHOP, "b", Duration.ZERO);
        KEYS.retire(SHOP, "b", WEEK, true);

        SQL.sql("update dkim_key set retired_at = retired_at - interval 8 day").update();

        add("b", "rsa");
        add("a", "rsa");
        assertThat(DkimKey.holdsMail(KEYS.of(SHOP), KEYS.databaseNow())).isTrue();
        assertThat(KEYS.of(SHOP).stream().filter(key -> !key.isNamed()))
                .extracting(DkimKey::selector, key -> key.unsignedFrom() != null)
                .containsExactly(tuple("a", true), tuple("b", false));
    }

    private static void add(String selector, String algorithm) {
        KEYS.add(new DkimKey.New(SHOP, selector, algorithm, "AAAA", new byte[]{1, 2, 3}));
    }

    private static DkimKey key(String selector) {
        return KEYS.of(SHOP).stream().filter(key -> key.isNamed() && key.selector().equals(selector)).findFirst()
                .orElseThrow();
    }
}
