package io.caravan.flow;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.Rate;

import static org.assertj.core.api.Assertions.assertThat;

class SendingTest {

    private static final Identity SHOP = new Identity("shop", "shop.example", "b.shop.example", null, "shop", "own",
            null, null);
    private static final Identity PLAIN = Identity.plain("news.example");

    @ParameterizedTest
    @CsvSource({"ana@example.org, relay:main", "ana@intranet.example, relay:inside",
            "success@simulator.caravan.test, mailbox"})
    void inProductionADomainsRouteOverrulesTheGeneralOneAndTheSimulatorStaysHere(String to, String route) {
        assertThat(sending(false, Set.of()).route(PLAIN, EmailAddress.parse(to))).isEqualTo(route);
    }

    @ParameterizedTest
    @CsvSource({"ana@example.org, relay:own", "ana@intranet.example, relay:inside"})
    void anIdentitysRelayOverrulesTheGeneralRouteButNotADomains(String to, String route) {
        assertThat(sending(false, Set.of()).route(SHOP, EmailAddress.parse(to))).isEqualTo(route);
    }

    @ParameterizedTest
    @CsvSource({"me@example.org, relay:main", "Me@Example.ORG, relay:main", "you@example.org, mailbox",
            "anybody@verified.example, relay:main", "anybody@sub.verified.example, mailbox",
            "ana@intranet.example, mailbox", "bounce@simulator.caravan.test, mailbox"})
    void inTheSandboxOnlyTheVerifiedLeave(String to, String route) {
        Sending sandbox = sending(true, Set.of("me@example.org", "verified.example", "simulator.caravan.test"));

        assertThat(sandbox.route(PLAIN, EmailAddress.parse(to))).isEqualTo(route);
    }

    @Test
    void aLaneIsReckonedByTheRouteThatItsDomainMayTake() {
        assertThat(sending(true, Set.of()).laneRoute(PLAIN, "example.org")).isEqualTo("mailbox");
        assertThat(sending(true, Set.of("verified.example")).laneRoute(PLAIN, "example.org")).isEqualTo("relay:main");
        assertThat(sending(false, Set.of()).laneRoute(PLAIN, "*")).isEqualTo("relay:main");
        assertThat(sending(false, Set.of()).laneRoute(PLAIN, "intranet.example")).isEqualTo("relay:inside");
        assertThat(sending(false, Set.of()).laneRoute(PLAIN, Sending.SIMULATOR)).isEqualTo("mailbox");
    }

    @Test
    void aFromDomainWithoutAnEntryIsAnIdentityOfItsOwnName() {
        Sending sending = sending(false, Set.of());

        assertThat(sending.identity("shop.example")).isEqualTo(SHOP);
        assertThat(sending.identity("other.example").name()).isEqualTo("other.example");
        assertThat(sending.identity("other.example").returnPath()).isEqualTo("bounces.other.example");
    }

    @Test
    void namesEveryRelayThatSomeRouteUses() {
        assertThat(sending(false, Set.of()).relaysNamed()).containsExactlyInAnyOrder("main", "inside", "own");
        assertThat(Sending.relays("relay:a, relay:b")).containsExactly("a", "b");
        assertThat(Sending.relays("mailbox")).isEmpty();
    }

    @Test
    void whatIsConfiguredForADomainGivesItALaneOfItsOwn() {
        Sending sending = sending(true, Set.of("verified.example"));

        assertThat(Set.of("gmail.example", "intranet.example", "verified.example", Sending.SIMULATOR))
                .allMatch(sending::isNamed);
        assertThat(sending.isNamed("example.org")).isFalse();
    }

    @Test
    void settingsAreTheSameWhereTheSameMailStays() {
        long stays = sending(false, Set.of()).stays();

        assertThat(sending(false, Set.of("me@example.org"), "mx", "relay:other", SHOP).stays()).isEqualTo(stays);
        assertThat(Stream.of(sending(true, Set.of()), sending(true, Set.of("me@example.org")),
                sending(false, Set.of(), "mailbox", "relay:inside", SHOP),
                sending(false, Set.of(), "relay:main", "mailbox", SHOP),
                sending(false, Set.of(), "relay:main", "relay:inside", PLAIN))
                .map(Sending::stays)).doesNotContain(stays).doesNotHaveDuplicates();
    }

    private static Sending sending(boolean sandbox, Set<String> verified) {
        return sending(sandbox, verified, "relay:main", "relay:inside", SHOP);
    }

    private static Sending sending(boolean sandbox, Set<String> verified, String route, String intranet,
            Identity identity) {
        return new Sending(sandbox, verified, route, Map.of("intranet.example", intranet),
                Map.of(identity.name(), identity), null, Map.of(), Map.of("gmail.example", Rate.parse("10/s")),
                Map.of(),
                "http://127.0.0.1:8080", 500, 1500, 64_000_000, Duration.ofSeconds(5));
    }
}
