package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;

class DmarcTest {

    private final WrittenNames names = new WrittenNames();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"v=DMARC1 | none", "v=DMARC1; p=reject | reject",
            "V=DMARC1;p=reject; | reject",
            "v=DMARC1; P=Reject | reject", "v=DMARC1; pct=0; p=quarantine | quarantine",
            "v=DMARC1; p=reject; p=none | reject", "v=DMARC1; sp=quarantine; p=reject; sp=odd | reject",
            "v=DMARC1; rua=mailto:a@x.example | none", "v=DMARC1; p=odd; rua=mailto:a@x.example | none",
            "v=DMARC1; p=reject; sp=odd; rua=mailto:a@x.example | none",
            "v=DMARC1; p=reject; adkim=odd; fo; =; ; x | reject"})
    void readsARecord(String record, String policy) {
        names.with(Type.TXT, "_dmarc.shop.example", record);

        assertThat(check("shop.example", "", "")).extracting(Dmarc.Verdict::result, v -> v.policy().word())
                .containsExactly(DmarcResult.FAIL, policy);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"v=dmarc1; p=reject", "p=reject; v=DMARC1", "v=DMARC1x; p=reject",
            "v=DMARC1 p=reject",
            "v=DMARC2; p=reject", "v=DMARC1; p=odd", "v=DMARC1; p=reject; np=odd; rua=nothing", "v=DMARC1; p=",
            "hello"})
    void appliesNothingWithoutAValidRecord(String record) {
        names.with(Type.TXT, "_dmarc.shop.example", record);

        assertThat(check("shop.example", "shop.example", "").result()).isEqualTo(DmarcResult.NONE);
    }

    @Test
    void asksForLessWhileTheOwnerTests() {
        names.with(Type.TXT, "_dmarc.a.example", "v=DMARC1; p=reject; t=y")
                .with(Type.TXT, "_dmarc.b.example", "v=DMARC1; p=quarantine; t=Y");

        assertThat(check("a.example", "", "").disposition()).isEqualTo(DmarcPolicy.QUARANTINE);
        assertThat(check("b.example", "", "").disposition()).isEqualTo(DmarcPolicy.NONE);
        assertThat(check("a.example", "a.example", "").disposition()).isEqualTo(DmarcPolicy.NONE);
    }

    @Test
    void takesThePolicyForSubdomainsAndForThoseThatDoNotExist() {
        names.with(Type.TXT, "_dmarc.shop.example", "v=DMARC1; p=none; sp=quarantine; np=reject")
                .with(Type.A, "news.shop.example", "192.0.2.1");

        assertThat(check("shop.example", "", "").policy()).isEqualTo(DmarcPolicy.NONE);
        assertThat(check("news.shop.example", "", "").policy()).isEqualTo(DmarcPolicy.QUARANTINE);
        assertThat(check("gone.shop.example", "", "").policy()).isEqualTo(DmarcPolicy.REJECT);
    }

    @Test
    void endsAnOrganizationWhereARecordSaysSo() {
        names.with(Type.TXT, "_dmarc.example", "v=DMARC1; p=reject; psd=y; np=quarantine")
                .with(Type.TXT, "_dmarc.uni.shop.example", "v=DMARC1; p=reject; psd=n")
                .with(Type.A, "shop.example", "192.0.2.1");

        assertThat(check("a.shop.example", "", "b.shop.example").result()).isEqualTo(DmarcResult.PASS);
        assertThat(check("shop.example", "", "other.example"))
                .extracting(Dmarc.Verdict::result, Dmarc.Verdict::recordAt)
                .containsExactly(DmarcResult.FAIL, "example");
        assertThat(check("uni.shop.example", "", "shop.example").result()).isEqualTo(DmarcResult.FAIL);
        assertThat(check("x.uni.shop.example", "", "y.uni.shop.example")).extracting(Dmarc.Verdict::result,
                Dmarc.Verdict::recordAt).containsExactly(DmarcResult.PASS, "uni.shop.example");
    }

    @Test
    void alignsByTheRecordWithTheFewestLabels() {
        names.with(Type.TXT, "_dmarc.news.shop.example", "v=DMARC1; p=reject")
                .with(Type.TXT, "_dmarc.shop.example", "v=DMARC1; p=none");

        assertThat(check("news.shop.example", "", "bounces.shop.example")).extracting(Dmarc.Verdict::result,
                Dmarc.Verdict::policy, Dmarc.Verdict::recordAt)
                .containsExactly(DmarcResult.PASS, DmarcPolicy.REJECT, "news.shop.example");
        assertThat(check("news.shop.example", "", "shop.other.example").result()).isEqualTo(DmarcResult.FAIL);
    }

    @Test
    void asksForEightNamesAtMost() {
        List<String> asked = new ArrayList<>();
        Names none = (type, name) -> {
            asked.add(name);
            return new Answer.None(true);
        };

        new Dmarc(none).check("a.b.c.d.e.f.g.h.i.j.mail.example.com", List.of(), List.of());

        assertThat(asked).containsExactly("_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
                "_dmarc.g.h.i.j.mail.example.com", "_dmarc.h.i.j.mail.example.com", "_dmarc.i.j.mail.example.com",
                "_dmarc.j.mail.example.com", "_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com");
    }

    @Test
    void isTemporaryOnlyIfTheAnswerIsNeeded() {
        names.with(Type.TXT, "_dmarc.news.shop.example", "v=DMARC1; p=reject").withFault("_dmarc.shop.example")
                .withFault("_dmarc.down.example");

        assertThat(check("news.shop.example", "", "news.shop.example").result()).isEqualTo(DmarcResult.PASS);
        assertThat(check("news.shop.example", "", "").result()).isEqualTo(DmarcResult.FAIL);
        assertThat(check("news.shop.example", "", "x.shop.example").result()).isEqualTo(DmarcResult.TEMPERROR);
        assertThat(check("down.example", "down.example", "").result()).isEqualTo(DmarcResult.TEMPERROR);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Ana <ana@shop.example> | [shop.example]", "ana@Shop.Example | [shop.example]",
            "\"Doe, John @ evil.example\" <j@shop.example> | [shop.example]",
            "Doe, John <j@shop.example> | [shop.example]",
            "boss@bank.example <x@shop.example> | [shop.example]",
            "(a@evil.example) x@shop.example (y <z@evil.example>) | [shop.example]",
            "<@relay.example,@b.example:x@shop.example> | [shop.example]",
            "a@shop.example, b@Shop.example | [shop.example]",
            "a@shop.example, b@bank.example | [shop.example, bank.example]",
            "Team: a@shop.example, <b@bank.example>; | [shop.example, bank.example]",
            "\"a@evil.example\"@shop.example | [shop.example]", "Ana <ana@bücher.example> | [xn--bcher-kva.example]",
            "\"Ana <ana@shop.example> | [shop.example]", "Ana <ana@shop.example | [shop.example]", "nobody | []",
            "<> | []",
            "undisclosed-recipients:; | []", "x@[192.0.2.1] | []", "x@ shop . example | [shop.example]",
            "<a@shop.example> <b@bank.example> | [shop.example, bank.example]", "a@b@shop.example | [shop.example]"})
    void findsTheDomainsOfAuthors(String field, String domains) {
        assertThat(AuthorDomains.of(" " + field).domains()).hasToString(domains);
        assertThat(AuthorDomains.of(" " + field).malformed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"ceo@bank.example mail.evil.example | [bank.example]",
            "ceo@bank.example(x)mail.evil.example | [bank.example]",
            "Boss <ceo@bank.example mail.evil.example> | [bank.example]",
            "<ceo@bank.example(x)mail.evil.example> | [bank.example]",
            "ceo@bank.example\"\".evil.example | [bank.example]",
            "<ceo@bank.example \"x\" mail.evil.example> | [bank.example]"})
    void gluesNothingToAnAuthorsDomain(String field, String domains) {
        assertThat(AuthorDomains.of(" " + field).domains()).hasToString(domains);
        assertThat(AuthorDomains.of(" " + field).malformed()).isNotEmpty();
    }

    private Dmarc.Verdict check(String author, String spf, String dkim) {
        return new Dmarc(names).check(author, spf.isEmpty() ? List.of() : List.of(spf),
                dkim.isEmpty() ? List.of() : List.of(dkim));
    }
}
