package io.caravan.suppression;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.suppression.Suppression.Ask;
import io.caravan.suppression.Suppression.Imported;
import io.caravan.suppression.Suppression.New;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SuppressionsTest {

    private static Ledger ledger;

    @BeforeAll
    static void open() {
        ledger = new Ledger();
    }

    @BeforeEach
    void empty() {
        ledger.jdbc.sql("delete from suppression").update();
        ledger.jdbc.sql("delete from suppression_removed").update();
    }

    @Test
    void keepsEntryWithReasonEvidenceAndRow() {
        New entry = new New("o'brien\"\\@example.org", Scope.list("spring \"sale\""), Reason.HARD_BOUNCE,
                "550 5.1.1 no\tsuch \"user\" \\ 🐪",
                new RowId(12, 345), Instant.parse("2027-01-02T03:04:05.000006Z"));

        long id = ledger.suppressions.add(entry);

        assertThat(ledger.suppressions.find("o'brien\"\\@example.org")).singleElement().satisfies(kept -> {
            assertThat(kept.id()).isEqualTo(id);
            assertThat(new New(kept.address(), kept.scope(), kept.reason(), kept.evidence(), kept.rowRef(),
                    kept.expiresAt()))
                    .isEqualTo(entry);
            assertThat(kept.createdAt()).isBetween(ledger.clock.instant(), ledger.clock.instant().plusMillis(10));
        });
    }

    @Test
    void addingAgainChangesNothing() {
        long id = ledger.suppressions.add(Ledger.global("ana@example.org"));

        long again = ledger.suppressions
                .add(new New("ana@example.org", Scope.GLOBAL, Reason.IMPORT, "other", null, null));

        assertThat(again).isEqualTo(id);
        assertThat(ledger.suppressions.find("ana@example.org")).singleElement().extracting(Suppression::reason)
                .isEqualTo(Reason.MANUAL);
    }

    @Test
    void entryThatLastsLongerTakesThePlaceOfTheShorter() {
        Instant end = ledger.clock.instant().plus(Duration.ofDays(1));
        ledger.suppressions.add(new New("ana@example.org", Scope.GLOBAL, Reason.MANUAL, "a day's rest", null, end));
        ledger.suppressions.add(new New("bo@example.org", Scope.GLOBAL, Reason.COMPLAINT, "for good", null, null));

        ledger.suppressions.addAll(List.of(
                new New("ana@example.org", Scope.GLOBAL, Reason.COMPLAINT, "for good", null, null),
                new New("bo@example.org", Scope.GLOBAL, Reason.MANUAL, "a day's rest", null, end)));

        assertThat(ledger.suppressions.page(Long.MAX_VALUE, 10)).hasSize(2).allSatisfy(kept -> {
            assertThat(kept.reason()).isEqualTo(Reason.COMPLAINT);
            assertThat(kept.evidence()).isEqualTo("for good");
            assertThat(kept.expiresAt()).isNull();
        });
    }

    @Test
    void answersABatchByScopeAndExpiry() {
        Instant later = ledger.clock.instant().plus(Duration.ofHours(1));
        long everywhere = ledger.suppressions.add(Ledger.global("all@example.org"));
        long shop = ledger.suppressions
                .add(new New("shop@example.org", Scope.identity("shop"), Reason.UNSUBSCRIBE, "", null, null));
        long news = ledger.suppressions
                .add(new New("news@example.org", Scope.list("news"), Reason.UNSUBSCRIBE, "", null, null));
        long ending = ledger.suppressions
                .add(new New("ending@example.org", Scope.GLOBAL, Reason.MANUAL, "", null, later));
        List<Ask> asks = new ArrayList<>();
        for (String who : List.of("all", "shop", "news", "ending", "free")) {
            asks.add(new Ask(who + "@example.org", "shop", "news"));
            asks.add(new Ask(who + "@example.org", "other", "other"));
        }

        Map<Ask, Long> suppressed = ledger.suppressions.suppressedAmong(asks);

        assertThat(suppressed).isEqualTo(
                Map.of(asks.get(0), everywhere, asks.get(1), everywhere, asks.get(2), shop, asks.get(4), news,
                        asks.get(6), ending, asks.get(7), ending));
        ledger.forward(Duration.ofHours(1));
        assertThat(ledger.suppressions.suppressedAmong(asks)).doesNotContainValue(ending).hasSize(4);
    }

    @Test
    void readsABatchThroughTheIndex() {
        ledger.suppressions
                .addAll(IntStream.range(0, 5_000).mapToObj(i -> Ledger.global("p" + i + "@example.org")).toList());
        ledger.jdbc.sql("analyze table suppression").query().listOfRows();

        List<Map<String, Object>> plan = ledger.jdbc.sql("explain " + Suppressions.AMONG)
                .param("addresses", Json.addresses(List.of(new Ask("p1@example.org", "i", "l"))))
                .param("scopes", List.of("global", "identity:i", "list:l")).param("now", "2026-01-01")
                .query().listOfRows();

        assertThat(plan).anySatisfy(step -> {
            assertThat(step.get("table")).isEqualTo("s");
            assertThat(step.get("key")).isEqualTo("suppression_who");
            assertThat(step.get("type")).isNotEqualTo("ALL").isNotEqualTo("index");
        });
    }

    @Test
    void removingLeavesItsTrace() {
        long id = ledger.suppressions.add(Ledger.global("ana@example.org"));

        assertThat(ledger.suppressions.remove(id, "asked by phone")).isTrue();

        assertThat(ledger.suppressions.remove(id, "again")).isFalse();
        assertThat(ledger.suppressions.find("ana@example.org")).isEmpty();
        assertThat(ledger.jdbc.sql("select note from suppression_removed where id = :id").param("id", id)
                .query(String.class).single())
                .isEqualTo("asked by phone");
        assertThat(ledger.suppressions.add(Ledger.global("ana@example.org"))).isGreaterThan(id);
    }

    @Test
    void importsAndExportsThousandsWithoutDoubles() {
        List<New> entries = IntStream.range(0, 2_600).mapToObj(i -> Ledger.global("p" + i % 2_500 + "@example.org"))
                .toList();

        Imported first = ledger.suppressions.addAll(entries);
        Imported second = ledger.suppressions.addAll(entries);

        assertThat(first.added()).isEqualTo(2_500);
        assertThat(second.added()).isZero();
        List<String> exported = new ArrayList<>();
        ledger.suppressions.export(entry -> exported.add(entry.address()));
        assertThat(exported).hasSize(2_500).doesNotHaveDuplicates();
    }

    @Test
    void pagesNewestFirst() {
        ledger.suppressions
                .addAll(IntStream.range(0, 25).mapToObj(i -> Ledger.global("p" + i + "@example.org")).toList());

        List<Long> seen = new ArrayList<>();
        for (List<Suppression> page = ledger.suppressions.page(Long.MAX_VALUE, 10); !page
                .isEmpty(); page = ledger.suppressions
                        .page(seen.getLast(), 10)) {
            page.forEach(entry -> seen.add(entry.id()));
        }

        assertThat(seen).hasSize(25).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void manyWritersOfTheSameAddressesAgree() throws Exception {
        List<New> entries = IntStream.range(0, 300).mapToObj(i -> Ledger.global("p" + i + "@example.org")).toList();

        try (ExecutorService writers = Executors.newFixedThreadPool(6)) {
            Callable<Imported> writer = () -> ledger.suppressions.addAll(entries);
            List<Future<Imported>> results = writers.invokeAll(List.of(writer, writer, writer, writer, writer, writer));
            for (Future<Imported> result : results) {
                assertThat(result.get().added() + result.get().known()).isEqualTo(300);
            }
        }

        assertThat(ledger.suppressions.count()).isEqualTo(300);
    }

    @Test
    void refusesAScopeThatIsNone() {
        for (String wrong : List.of("", "all", "list:", "identity:", "Global", "list:" + "x".repeat(200))) {
            assertThatThrownBy(() -> new Scope(wrong)).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("global, identity:NAME");
        }
        assertThat(new HashSet<>(List.of(Scope.list("a"), new Scope("list:a"), new Scope("identity:a")))).hasSize(2);
    }
}
