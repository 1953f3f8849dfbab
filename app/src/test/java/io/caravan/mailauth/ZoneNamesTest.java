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
