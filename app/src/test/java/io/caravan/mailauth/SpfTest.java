package io.caravan.mailauth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

class SpfTest {

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);

    private final WrittenNames names = new WrittenNames();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"v=spf1 ip4:192.0.2.1 -all | pass", "v=spf1 IP4:192.0.2.1 -ALL | pass",
            "v=spf1 ip4:192.0.2.01 -all | permerror", "v=spf1 ip4:192.0.2.0/024 -all | permerror",
            "v=spf1 ip4:192.0.2.0/33 -all | permerror", "v=spf1 ip4:192.0.2 -all | permerror",
            "v=spf1 ip4:::1 -all | permerror", "v=spf1 ip6:192.0.2.1 -all | permerror",
            "v=spf1 ip6:::ffff:192.0.2.1 -all | fail", "v=spf1 ip6:2001:db8::/129 -all | permerror",
            "v=spf1 ip6:fe80::1%1 -all | permerror", "v=spf1 ip4: -all | permerror",
            "v=spf1 ip4:192.0.2.0/24/24 -all | permerror", "v=spf1 ip4:192.0.2.0/24 | pass",
            "v=spf1 a:h.example/32//128 -all | fail", "v=spf1 a/01 -all | permerror", "v=spf1 a: -all | permerror",
            "v=spf1 a//-1 -all | permerror", "v=spf1 all:x -all | permerror", "v=spf1 all/24 | permerror",
            "v=spf1 include -all | permerror", "v=spf1 include: -all | permerror",
            "v=spf1 include:com -all | permerror", "v=spf1 include:%{d}x -all | permerror",
            "v=spf1 exists:%{d0}.x.example -all | permerror", "v=spf1 exists:%{q}.x.example -all | permerror",
            "v=spf1 exists:%{c}.x.example -all | permerror", "v=spf1 exists:%{d999999999999}.x.example -all | fail",
            "v=spf1 x=%q -all | permerror", "v=spf1 x= -all | fail",
            "v=spf1 redirect=a.example redirect=b.example | permerror",
            "v=spf1 redirect=missing.example | permerror", "v=spf1 redirect=missing.example -all | fail",
            "v=spf1 ?all | neutral", "v=spf1 | neutral", "v=spf1 ~all | softfail", "v=spf1 --all | permerror",
            "v=spf1 +-all | permerror", "v=spf10 -all | none", "v=spf1-all | none", "v=spf1 \u00e4ll | permerror"})
    void readsARecordByItsGrammar(String record, String result) {
        names.with(Type.TXT, "x.example", record);

        assertThat(check("192.0.2.1", "a@x.example").result().word()).isEqualTo(result);
    }

    @Test
    void stopsAfterTenTermsThatLookUpHoweverTheyAreNested() {
        names.with(Type.TXT, "x.example", "v=spf1 include:a.example include:b.example -all")
                .with(Type.TXT, "a.example", "v=spf1 exists:k.example exists:k.example exists:k.example -all")
                .with(Type.TXT, "b.example", "v=spf1 " + "a:k.example ".repeat(5) + "ip4:192.0.2.1 -all")
                .with(Type.A, "k.example", "203.0.113.9");
        assertThat(check("192.0.2.1", "a@x.example").result()).isEqualTo(SpfResult.PASS);

        names.with(Type.TXT, "y.example", "v=spf1 a:k.example include:b.example redirect=z.example")
                .with(Type.TXT, "z.example", "v=spf1 " + "a:k.example ".repeat(4) + "-all");
        assertThat(check("192.0.2.77", "a@y.example").result()).isEqualTo(SpfResult.PERMERROR);
    }

    @Test
    void stopsAfterTwoTermsThatFindNothingAndAPointerIsOne() {
        String end = " a:n1.x.example ip4:192.0.2.0/24 -all";
        names.with(Type.TXT, "x.example", "v=spf1 ptr a:n2.x.example" + end)
                .with(Type.TXT, "y.example", "v=spf1 ptr" + end)
                .with(Type.TXT, "z.example", "v=spf1 a:%{p}.x.example" + end)
                .withFault(IpAddress.parse("192.0.2.9").orElseThrow().pointer())
                .with(Type.PTR, IpAddress.parse("192.0.2.8").orElseThrow().pointer(), "elsewhere.example");

        assertThat(check("192.0.2.1", "a@x.example").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(check("192.0.2.1", "a@y.example").result()).isEqualTo(SpfResult.PASS);
        assertThat(check("192.0.2.1", "a@z.example").result()).isEqualTo(SpfResult.PASS);
        assertThat(check("192.0.2.9", "a@x.example").result()).isEqualTo(SpfResult.PASS);
        assertThat(check("192.0.2.8", "a@x.example").result()).isEqualTo(SpfResult.PASS);
    }

    @Test
    void endsEndlessRecordsAsAnError() {
        names.with(Type.TXT, "x.example", "v=spf1 include:y.example -all")
                .with(Type.TXT, "y.example", "v=spf1 redirect=x.example");

        assertThat(check("192.0.2.1", "a@x.example").result()).isEqualTo(SpfResult.PERMERROR);
        assertThat(names.looked).isLessThan(20);
    }

    @Test
    void spendsNoMinutesOnWhatMacrosMake() {
        String dots = "a.".repeat(31) + "a";
        names.with(Type.TXT, "x.example", "v=spf1 exists:" + "%{l}.".repeat(500) + "ok.example -all")
                .with(Type.TXT, "y.example", "v=spf1 exists:" + "%{l}.".repeat(5_000) + "ok.example -all")
                .with(Type.TXT, "z.example", "v=spf1 exists:" + "%{l1}.".repeat(10_000) + "ok.example -all")
                .with(Type.TXT, "e.example", "v=spf1 -all exp=" + "%{l}.".repeat(5_000) + "ok.example");

        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertThat(check("192.0.2.1", dots + "@x.example").result()).isEqualTo(SpfResult.FAIL);
            assertThat(check("192.0.2.1", dots + "@y.example").result()).isEqualTo(SpfResult.PERMERROR);
            assertThat(check("192.0.2.1", "a.".repeat(50_000) + "a@z.example").result())
                    .isEqualTo(SpfResult.PERMERROR);
            assertThat(check("192.0.2.1", dots + "@e.example").result()).isEqualTo(SpfResult.FAIL);
            assertThat(check("192.0.2.1", dots + "@e.example").explanation()).isEmpty();
        });
    }

    @Test
    void dropsWholeLabelsFromTheLeftOfANameThatIsTooLong() {
        String kept = "b".repeat(50) + "." + "c".repeat(60) + "." + "d".repeat(60) + "." + "e".repeat(60);
        names.with(Type.TXT, "x.example", "v=spf1 exists:%{l}." + kept + ".ok.example -all")
                .with(Type.A, "f".repeat(8) + "." + kept + ".ok.example", "127.0.0.2");

        assertThat(check("192.0.2.1", "a." + "f".repeat(8) + "@x.example").result()).isEqualTo(SpfResult.PASS);
    }

    @Test
    void doesNotCallAFaultOfTheDnsARefusal() {
        names.with(Type.TXT, "x.example", "v=spf1 a:broken.example -all").withFault("broken.example")
                .withFault("down.example");

        assertThat(check("192.0.2.1", "a@x.example").result()).isEqualTo(SpfResult.TEMPERROR);
        assertThat(check("192.0.2.1", "a@down.example").result()).isEqualTo(SpfResult.TEMPERROR);
    }

    @Test
    void checksPostmasterOfTheHeloNameForBounces() {
        names.with(Type.TXT, "mx.example", "v=spf1 exists:%{l}.%{o}.ok.example -all")
                .with(Type.A, "postmaster.mx.example.ok.example", "127.0.0.2");

        assertThat(new Spf(names, CLOCK).check("192.0.2.1", "mx.example", "").result()).isEqualTo(SpfResult.PASS);
        assertThat(new Spf(names, CLOCK).check("192.0.2.1", "", "").result()).isEqualTo(SpfResult.NONE);
        assertThat(new Spf(names, CLOCK).check("192.0.2.1", "[192.0.2.1]", "").result()).isEqualTo(SpfResult.NONE);
    }

    @Test
    void asksForDomainsOfOtherScriptsByTheirALabel() {
        names.with(Type.TXT, "xn--bcher-kva.example", "v=spf1 -all");

        assertThat(check("192.0.2.1", "a@Bücher.example").result()).isEqualTo(SpfResult.FAIL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"include:%{l}._u.x.example ip4:192.0.2.1 -all | pass",
            "a:%{s}.x.example mx:%{L1r+}.x.example ptr:%{l}.x.example ip4:192.0.2.1 -all | pass",
            "exists:%{L}.u.x.example -all | fail", "-exists:%{S}.u.x.example +all | pass",
            "exists:%{o}.u.x.example -all | pass", "redirect=%{l}._u.x.example | permerror",
            "redirect=%{L}._u.x.example | permerror"})
    void matchesNoTermThatPutsALocalPartOfOtherScriptsIntoAName(String terms, String result) {
        names.with(Type.TXT, "x.example", "v=spf1 " + terms).with(Type.A, "j%C3%B6rg.u.x.example", "127.0.0.2")
                .with(Type.A, "j%C3%B6rg%40x.example.u.x.example", "127.0.0.2")
                .with(Type.A, "x.example.u.x.example", "127.0.0.2")
                .with(Type.TXT, "j%C3%B6rg._u.x.example", "v=spf1 +all");

        assertThat(check("192.0.2.1", "j\u00f6rg@x.example").result().word()).isEqualTo(result);
    }

    @Test
    void takesNoExplanationFromANameWithALocalPartOfOtherScripts() {
        names.with(Type.TXT, "x.example", "v=spf1 -all exp=%{L}.x.example")
                .with(Type.TXT, "j%C3%B6rg.x.example", "not yours");

        assertThat(check("192.0.2.1", "j\u00f6rg@x.example").result()).isEqualTo(SpfResult.FAIL);
        assertThat(check("192.0.2.1", "j\u00f6rg@x.example").explanation()).isEmpty();
    }

    @Test
    void writesAddressesAndEscapesInExplanations() {
        names.with(Type.TXT, "x.example", "v=spf1 -all exp=why.example")
                .with(Type.TXT, "why.example", "%{c} %{i} %{S} %{t} %{r} %{p} %{v} 100%% %{o2r}");

        assertThat(check("2001:db8::1:0:0:1", "a+b c@x.example").explanation())
                .isEqualTo("2001:db8::1:0:0:1 2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.1"
                        + " a%2Bb%20c%40x.example 1700000000 unknown unknown ip6 100% example.x");
    }

    @Test
    void shortensNamesThatMacrosMadeTooLongFromTheLeft() {
        String label = "b".repeat(60);
        names.with(Type.TXT, "x.example",
                "v=spf1 exists:%{l}.%{l}." + label + "." + label + "." + label + ".example -all");

        assertThat(check("192.0.2.1", "a".repeat(60) + "@x.example").result()).isEqualTo(SpfResult.FAIL);
        assertThat(check("192.0.2.1", "a".repeat(300) + "@x.example").result()).isEqualTo(SpfResult.FAIL);
    }

    private Spf.Verdict check(String ip, String sender) {
        return new Spf(names, CLOCK).check(ip, "helo.example", sender);
    }

    @Test
    void aLabelWithoutEndHoldsNobodyUp() {
        names.with(Type.TXT, "x.example", "v=spf1 a:x." + "a".repeat(200_000) + "_ -all");

        assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> assertThat(check("192.0.2.1", "a@x.example").result()).isEqualTo(SpfResult.PERMERROR));
    }
}
