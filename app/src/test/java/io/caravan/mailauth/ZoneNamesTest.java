package io.caravan.mailauth;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.InvalidInput;
import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class ZoneNamesTest {

    private static final String ZONE = """
            $ORIGIN example.
            $TTL 1h30m
            @       IN SOA ns hostmaster ( 1 2 3 ; serial and all
                    4 5 )
            shop    300 IN TXT "v=spf1 " "-all"
                    IN 300 TXT unquoted
                    MX 20 second.shop
                    MX 10 first.other.example.
            a.b.c   AAAA 2001:db8::1
            www     CNAME shop
            round   CNAME circle
            circle  CNAME round
            *.wild  A 192.0.2.9
            it.wild TXT "a \\"quoted\\" ; \\092 \\195\\188"
            1.2.0.192.in-addr.arpa. PTR shop
            """;

    private final ZoneNames zone = ZoneNames.parse("zone", ZONE);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"TXT | shop.example | [v=spf1 -all, unquoted]",
            "TXT | SHOP.EXAMPLE | [v=spf1 -all, unquoted]",
            "MX | shop.example | [first.other.example, second.shop.example]", "AAAA | a.b.c.example | [2001:db8::1]",
            "TXT | www.example | [v=spf1 -all, unquoted]", "A | x.y.wild.example | [192.0.2.9]",
            "PTR | 1.2.0.192.in-addr.arpa | [shop.example]"})
    void answersFromAMasterFile(Type type, String name, String values) {
        assertThat(zone.look(type, name)).isInstanceOfSatisfying(Answer.Found.class,
                found -> assertThat(found.values()).hasToString(values));
    }

    @Test
    void readsEscapesInTexts() {
        assertThat(zone.look(Type.TXT, "it.wild.example"))
                .isEqualTo(new Answer.Found(List.of("a \"quoted\" ; \\ \u00c3\u00bc")));
    }

    @Test
    void knowsNamesThatExistFromThoseThatDoNot() {
        assertThat(zone.look(Type.A, "shop.example")).isEqualTo(new Answer.None(true));
        assertThat(zone.look(Type.A, "b.c.example")).isEqualTo(new Answer.None(true));
        assertThat(zone.look(Type.A, "nobody.example")).isEqualTo(new Answer.None(false));
        assertThat(zone.look(Type.A, "it.wild.example")).isEqualTo(new Answer.None(true));
        assertThat(zone.look(Type.A, "round.example")).isInstanceOf(Answer.Fault.class);
    }

    @Test
    void namesThatHaveOnlyRecordsOfOtherTypesExist() {
        ZoneNames other = ZoneNames.parse("zone", """
                _dmarc.shop.example TXT "v=DMARC1; p=none; sp=none; np=reject"
                *.shop.example TXT "v=spf1 -all"
                news.shop.example CAA 0 issue "ca.example"
                _sip._tcp.mail.shop.example SRV 1 1 5060 sip
                """);

        assertThat(other.look(Type.A, "news.shop.example")).isEqualTo(new Answer.None(true));
        assertThat(other.look(Type.TXT, "news.shop.example")).isEqualTo(new Answer.None(true));
        assertThat(other.look(Type.TXT, "mail.shop.example")).isEqualTo(new Answer.None(true));
        assertThat(other.look(Type.TXT, "gone.shop.example")).isEqualTo(new Answer.Found(List.of("v=spf1 -all")));
    }

    @Test
    void anAliasExistsThoughItsTargetDoesNot() {
        ZoneNames stale = ZoneNames.parse("zone", """
                _dmarc.shop.example TXT "v=DMARC1; p=reject; sp=none; np=quarantine"
                news.shop.example CNAME gone.other.example
                """);

        assertThat(stale.look(Type.A, "news.shop.example")).isEqualTo(new Answer.None(true));
        assertThat(stale.look(Type.A, "gone.other.example")).isEqualTo(new Answer.None(false));
        assertThat(new Dmarc(stale).check("news.shop.example", List.of(), List.of()).policy())
                .isEqualTo(DmarcPolicy.NONE);
        assertThat(new Dmarc(stale).check("gone.shop.example", List.of(), List.of()).policy())
                .isEqualTo(DmarcPolicy.QUARANTINE);
    }

    @Test
    void aRecordThatStandsTwiceIsOne() {
        ZoneNames twice = ZoneNames.parse("zone", """
                shop.example 60 TXT "v=spf1 -all"
                shop.example IN TXT "v=spf1 -all"
                SHOP.example TXT "v=spf1 " "-all"
                shop.example MX 20 b.example
                shop.example MX 10 a.example
                shop.example MX 20 B.example.
                """);

        assertThat(twice.look(Type.TXT, "shop.example"))
                .isEqualTo(new Answer.Found(List.of("v=spf1 -all", "v=spf1 -all")));
        assertThat(twice.look(Type.MX, "shop.example"))
                .isEqualTo(new Answer.Found(List.of("a.example", "b.example")));
    }

    @Test
    void namesEveryLineThatIsWrong() {
        assertThatThrownBy(() -> ZoneNames.parse("my.zone", " TXT x\na TXT\nb A 1.2.3\nc\n$GENERATE 1-2 x A 1.2.3.4\n"))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("my.zone:1:").hasMessageContaining("my.zone:2:")
                .hasMessageContaining("my.zone:3:").hasMessageContaining("my.zone:4:")
                .hasMessageContaining("my.zone:5:");
    }

    @Test
    void readsLongNumbersInNoTime() {
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThatThrownBy(
                () -> ZoneNames.parse("my.zone", "a " + "1".repeat(5_000) + "x A 1.2.3.4\nb A 1.2.3\n"))
                .isInstanceOf(InvalidInput.class));
    }
}
