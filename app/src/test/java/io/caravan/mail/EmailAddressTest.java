package io.caravan.mail;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmailAddressTest {

    /** Called valid by their sources as header mailboxes: with a name, a comment or RFC 822's bare backslash no RCPT TO can hold them. */
    private static final Set<String> HEADER_FORMS = Set.of("Bill Gates <\"billy\"@retired.Micr!osoft99.com>",
            "\"<john@smith.com>\" <john@smith.com>", "test@example.com (this is a comment)", "fab\\ ien@symfony.com");

    private static final Path CORPUS = Path.of("app/src/test/corpora/addresses/expectations.tsv");

    @Test
    void tellsUsableAddressesOfTheCorpusFromTheOthers() throws Exception {
        List<String> lines = Files.readAllLines(CORPUS);
        int scored = 0;
        List<String> wrong = new ArrayList<>();
        List<String> dangerous = new ArrayList<>();

        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            if (!cells[2].equals("y")) {
                continue;
            }
            String text = new ObjectMapper().readValue(cells[0], String.class);
            if (HEADER_FORMS.contains(text)) {
                assertThat(isUsable(text)).isFalse();
                continue;
            }
            boolean expected = cells[1].startsWith("valid");
            scored++;
            if (isUsable(text) != expected) {
                wrong.add(line);
                if (Set.of("invalid", "header-only", "deprecated").contains(cells[1])) {
                    dangerous.add(line);
                }
            }
        }

        assertThat(scored).isGreaterThan(350);
        assertThat(dangerous).isEmpty();
        assertThat(wrong).hasSizeLessThanOrEqualTo(scored / 100);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"Ana@Example.ORG|ana@example.org",
            "\"ana\"@example.org|ana@example.org",
            "\"a\\na\"@example.org|ana@example.org", "\"Ana B\"@example.org|\"ana b\"@example.org",
            "\"a\\@b\"@example.org|\"a@b\"@example.org", "a%b@ours.example|a%b@ours.example",
            "\"a@evil\"@ours.example|\"a@evil\"@ours.example",
            "ana@M\u00fcller.example|ana@xn--mller-kva.example", "ana@xn--Mller-kva.example|ana@xn--mller-kva.example",
            "ana@stra\u00dfe.example|ana@xn--strae-oqa.example",
            "ana@\u4f8b\u5b50\u3002\u5e7f\u544a|ana@xn--fsqu00a.xn--4rr70v",
            "ana@bu\u0308cher.example|ana@xn--bcher-kva.example", "Jose\u0301@example.org|jos\u00e9@example.org",
            "a@[192.0.2.1]|a@[192.0.2.1]", "a@[IPv6:2001:DB8::1]|a@[ipv6:2001:db8::1]",
            "+tag@example.org|+tag@example.org",
            "=a@example.org|=a@example.org"})
    void bringsSpellingsOfOneMailboxToOneForm(String text, String canonical) {
        EmailAddress address = EmailAddress.parse(text);

        assertThat(address.canonical()).isEqualTo(canonical);
        assertThat(EmailAddress.parse(canonical).canonical()).isEqualTo(canonical);
        assertThat(address.domain()).isEqualTo(canonical.substring(canonical.lastIndexOf('@') + 1));
    }

    @Test
    void keepsTheWrittenLocalPartAndNamesTheDomainInAscii() {
        EmailAddress german = EmailAddress.parse("J\u00f6rg@M\u00fcller.example");
        EmailAddress plain = EmailAddress.parse("Jorg@M\u00fcller.example");

        assertThat(german.written()).isEqualTo("J\u00f6rg@xn--mller-kva.example");
        assertThat(german.needsSmtpUtf8()).isTrue();
        assertThat(plain.written()).isEqualTo("Jorg@xn--mller-kva.example");
        assertThat(plain.needsSmtpUtf8()).isFalse();
        assertThat(EmailAddress.trusted(german.written(), german.canonical())).isEqualTo(german);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"not-an-address|no @ in 'not-an-address'",
            "a@ours(@evil)|a comment in 'a@ours(@evil)'",
            "<@x:a@y.example>|give the address alone, without name and angle brackets, in",
            "@x:a@y.example|nothing before the @ in", "friends:a@x.example;|':' before the @ in",
            "a@b@c.example|more than one @ in",
            "a@example.org.|a dot at the end of", "a@-x.example|begins or ends with a hyphen",
            "a@x_y.example|'_' in the domain of",
            "a..b@example.org|two dots in a row", ".a@example.org|a dot at the start",
            "a.@example.org|a dot just before the @",
            "a b@example.org|' ' before the @", "\"a@example.org|a quote that is not closed",
            "a@[300.1.1.1]|no IP address",
            "a@example.o|top-level domain of one letter",
            "a@example.org%0D%0ARCPT TO:<b@x>|control character U+000D in 'a@example.org",
            "a\u200b@example.org|invisible character U+200B", "a@ex\u200bample.org|U+200B, which no domain may have",
            "=?utf-8?q?a=40evil?=@ours.example,b@c.org|',' in the domain"})
    void saysWhatIsWrong(String text, String problem) {
        String real = text.replace("%0D", "\r").replace("%0A", "\n");

        assertThatThrownBy(() -> EmailAddress.parse(real)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining(problem);
    }

    @Test
    void holdsTheLimitsOfSmtp() {
        String local = "l".repeat(64);
        String label = "d".repeat(63);

        assertThat(isUsable(local + "@" + label + ".example")).isTrue();
        assertThat(isUsable(local + "l@example.org")).isFalse();
        assertThat(isUsable("\u00e9".repeat(33) + "@example.org")).isFalse();
        assertThat(isUsable("a@" + label + "d.example")).isFalse();
        assertThat(isUsable("a@" + label + "." + label + "." + label + "." + "d".repeat(60))).isTrue();
        assertThat(isUsable("a@" + label + "." + label + "." + label + "." + "d".repeat(61))).isFalse();
    }

    @Test
    void mutatedAddressesNeverThrowAnythingElse() throws Exception {
        List<String> lines = Files.readAllLines(CORPUS);
        Random random = new Random(20261124);

        for (int i = 0; i < 50_000; i++) {
            String text = lines.get(random.nextInt(lines.size())).split("\t")[0];
            StringBuilder mutated = new StringBuilder(text.substring(1));
            int place = random.nextInt(mutated.length());
            mutated.setCharAt(place, (char) random.nextInt(i % 2 == 0 ? 256 : 65536));
            String tried = mutated.toString();
            if (isUsable(tried)) {
                EmailAddress address = EmailAddress.parse(tried);
                assertThat(EmailAddress.parse(address.canonical()).canonical()).isEqualTo(address.canonical());
                assertThat(EmailAddress.parse(address.written())).isEqualTo(address);
            }
        }
    }

    @Test
    void readsHundredThousandAddressesInWellUnderASecond() {
        long begun = System.nanoTime();

        int domains = 0;
        for (int i = 0; i < 100_000; i++) {
            domains += EmailAddress.parse("First.Last+" + i + "@Mail.Example.org").domain().length();
        }

        assertThat(domains).isEqualTo(1_600_000);
        assertThat(System.nanoTime() - begun).isLessThan(2_000_000_000L);
    }

    private static boolean isUsable(String text) {
        try {
            EmailAddress.parse(text);
            return true;
        } catch (InvalidInput e) {
            return false;
        }
    }
}
