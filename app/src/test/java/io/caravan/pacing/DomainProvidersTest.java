package io.caravan.pacing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.pacing.DomainProviders.DomainProvider;

import static org.assertj.core.api.Assertions.assertThat;

class DomainProvidersTest {

    private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

    private final DomainProviders ledger = new DomainProviders(JdbcClient.create(TestDatabase.fresh()));

    private static DomainProvider of(String domain, String provider, Duration holds) {
        return new DomainProvider(domain, provider, "mx." + provider, "", NOW, NOW.plus(holds));
    }

    @Test
    void keepsWhatWasFoundUntilItExpiresAndTheLatestWins() {
        ledger.keep(
                List.of(of("a.example", "old", Duration.ofHours(1)), of("b.example", "gone", Duration.ofSeconds(1))));
        ledger.keep(List.of(of("a.example", "new", Duration.ofHours(1))));

        assertThat(ledger.known(List.of("a.example", "b.example", "c.example"), NOW.plusSeconds(2)))
                .containsOnlyKeys("a.example").containsEntry("a.example", of("a.example", "new", Duration.ofHours(1)));
    }

    @Test
    void whatIsTooLongIsCutAndKeepsNothingElseFromBeingKept() {
        String long600 = "x".repeat(600);
        DomainProvider good = of("a.example", "p", Duration.ofDays(7));

        ledger.keep(List.of(good, new DomainProvider("b.example", long600, long600, long600, NOW, NOW.plusSeconds(9))));

        assertThat(ledger.known(List.of("a.example", "b.example"), NOW)).containsEntry("a.example", good)
                .hasEntrySatisfying("b.example", cut -> {
                    assertThat(cut.provider()).hasSize(255);
                    assertThat(cut.mx()).hasSize(500);
                    assertThat(cut.dead()).hasSize(500);
                });
    }

    @Test
    void takesThousandsAtOnceAndNone() {
        List<DomainProvider> many = IntStream.range(0, 2500)
                .mapToObj(i -> of("d" + i + ".example", "p", Duration.ofDays(7))).toList();

        ledger.keep(many);
        ledger.keep(List.of());

        assertThat(ledger.known(many.stream().map(DomainProvider::domain).toList(), NOW)).hasSize(2500);
        assertThat(ledger.known(List.of(), NOW)).isEmpty();
    }
}
