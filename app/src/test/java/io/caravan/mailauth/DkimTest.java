package io.caravan.mailauth;

import java.security.GeneralSecurityException;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;

class DkimTest {

    private static final String HEADER = "From: Ana <ana@shop.example>\r\nSubject:  Spring\r\n is   here\r\n";
    private static final String CANONICAL = "from:Ana <ana@shop.example>\r\nsubject:Spring is here\r\n";
    private static final String BODY = "Hello\r\n";
    private static final String PLAIN = "v=1; c=relaxed/simple; d=shop.example; s=k; h=from:subject";
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    private static final Signing KEY = key(1024);

    private final WrittenNames names = new WrittenNames().with(Type.TXT, "k._domainkey.shop.example",
            "v=DKIM1; p=" + KEY.published());

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | PASS", "; t=1699999999 | PASS", "; t=9999999999 | PASS",
            "; x=1700000001 | PASS", "; x=1699999999 | FAIL", "; t=1700000005; x=1700000005 | PERMERROR",
            "; x=99999999999999999999999999 | PASS", "; x=soon | PERMERROR", "; t= | PERMERROR", "; t=1 2 | PERMERROR",
            "; i=@shop.example | PASS", "; i=ana@news.SHOP.example | PASS", "; i=@example | PERMERROR",
            "; i=@bigshop.example | PERMERROR", "; i=shop.example | PERMERROR", "; q=dns/txt | PASS",
            "; q=x:dns/txt | PASS", "; q=dns/other | PERMERROR", "; unknown=yes | PASS", "; d=shop.example | PERMERROR",
            "; =x | PERMERROR", "; 1a=x | PERMERROR", ";; z=x | PERMERROR", "; z | PERMERROR", "; l=7 | PASS",
            "; l=007 | PASS", "; l=8 | PERMERROR", "; l=-1 | PERMERROR", "; l=99999999999999999999999999 | PERMERROR"})
    void readsTheTagsOfASignature(String more, DkimResult expected) throws GeneralSecurityException {
        assertThat(check(KEY.field("DKIM-Signature", PLAIN + more, CANONICAL, BODY) + HEADER + "\r\n" + BODY).result())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=2; c=relaxed/simple; d=shop.example; s=k; h=from:subject",
            "c=relaxed/simple; d=shop.example; s=k; h=from:subject",
            "v=1; c=relaxed/simple; s=k; h=from:subject", "v=1; c=relaxed/simple; d=shop.example; h=from:subject",
            "v=1; c=relaxed/simple; d=shop.example; s=k", "v=1; c=relaxed/simple; d=shop.example; s=k; h=subject",
            "v=1; c=relaxed/simple; d=shop.example; s=k; h=from::subject",
            "v=1; c=relaxed/odd; d=shop.example; s=k; h=from:subject",
            "v=1; c=relaxed/simple/x; d=shop..example; s=k; h=from:subject",
            "v=1; c=relaxed/simple; d=shop.example; s=other; h=from:subject"})
    void cannotUseASignatureWithoutWhatItNeeds(String tags) throws GeneralSecurityException {
        assertThat(check(KEY.field("DKIM-Signature", tags, CANONICAL, BODY) + HEADER + "\r\n" + BODY).result())
                .isEqualTo(DkimResult.PERMERROR);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"v=DKIM1; k=rsa; h=sha256; s=email; t=y; p=KEY | PASS",
            "p=KEY; v=DKIM1 | PERMERROR",
            "v=DKIM2; p=KEY | PERMERROR", "k=ed25519; p=KEY | PERMERROR", "h=sha1; p=KEY | PERMERROR",
            "h=sha1 : sha256; p=KEY | PASS", "s=web; p=KEY | PERMERROR", "s=web:*; p=KEY | PASS", "p= | PERMERROR",
            "v=DKIM1 | PERMERROR", "k=other; p=KEY | PERMERROR", "p=AAAA | PERMERROR", "p=KE*Y | PERMERROR",
            "v=DKIM1; p=KEY; n=any thing at all; g=nobody | PASS", "v=DKIM1; p=BARE | PASS", "v=spf1 -all | PERMERROR"})
    void readsKeyRecords(String record, DkimResult expected) throws GeneralSecurityException {
        WrittenNames other = new WrittenNames().with(Type.TXT, "k._domainkey.shop.example",
                record.replace("KEY", KEY.published()).replace("BARE", KEY.publishedBare()));

        assertThat(new Dkim(other).check(RawMail.of(Signing.bytes(signed())), NOW).getFirst().result())
                .isEqualTo(expected);
    }

    @Test
    void triesEveryKeyUnderOneName() throws GeneralSecurityException {
        WrittenNames other = new WrittenNames().with(Type.TXT, "k._domainkey.shop.example", "v=spf1 -all",
                "p=" + key(1024).published(), "p=" + KEY.published());

        assertThat(new Dkim(other).check(RawMail.of(Signing.bytes(signed())), NOW).getFirst().result())
                .isEqualTo(DkimResult.PASS);
    }

    @Test
    void takesNoKeyOfTheDomainForItsSubdomainsIfTheKeySaysSo() throws GeneralSecurityException {
        WrittenNames strict = new WrittenNames().with(Type.TXT, "k._domainkey.shop.example",
                "t=y:s; p=" + KEY.published());
        String below = KEY.field("DKIM-Signature", PLAIN + "; i=@news.shop.example", CANONICAL, BODY);

        assertThat(new Dkim(strict).check(RawMail.of(Signing.bytes(below + HEADER + "\r\n" + BODY)), NOW).getFirst()
                .result()).isEqualTo(DkimResult.PERMERROR);
        assertThat(new Dkim(strict).check(RawMail.of(Signing.bytes(signed())), NOW).getFirst().result())
                .isEqualTo(DkimResult.PASS);
    }

    @Test
    void verifiesEd25519AndLongRsaAndRefusesShortRsa() throws GeneralSecurityException {
        assertThat(checkedWith(Signing.ed25519(), "ed25519")).isEqualTo(DkimResult.PASS);
        assertThat(checkedWith(key(2048), "rsa")).isEqualTo(DkimResult.PASS);
        assertThat(checkedWith(key(1023), "rsa")).isEqualTo(DkimResult.PERMERROR);
        assertThat(checkedWith(key(768), "rsa")).isEqualTo(DkimResult.PERMERROR);
    }

    private static DkimResult checkedWith(Signing key, String type) throws GeneralSecurityException {
        Names its = new WrittenNames().with(Type.TXT, "k._domainkey.shop.example",
                "k=" + type + "; p=" + key.published());
        String mail = key.field("DKIM-Signature", PLAIN, CANONICAL, BODY) + HEADER + "\r\n" + BODY;
        return new Dkim(its).check(RawMail.of(Signing.bytes(mail)), NOW).getFirst().result();
    }

    @Test
    void looksAtFieldsOfOneNameFromTheLastUpwards() throws GeneralSecurityException {
        String received = "Received: three\r\nReceived: two\r\nReceived: one\r\n";
        String tags = "v=1; c=relaxed/simple; d=shop.example; s=k; h=from:received:received:missing:subject:subject";
        String canonical = "from:Ana <ana@shop.example>\r\nreceived:one\r\nreceived:two\r\nsubject:Spring is here\r\n";
        String signature = KEY.field("DKIM-Signature", tags, canonical, BODY);

        assertThat(check(signature + received + HEADER + "\r\n" + BODY).result()).isEqualTo(DkimResult.PASS);
        assertThat(check(signature + "Received: four\r\n" + received + HEADER + "\r\n" + BODY).result())
                .isEqualTo(DkimResult.PASS);
        assertThat(check(signature + received + HEADER + "Received: zero\r\n\r\n" + BODY).result())
                .isEqualTo(DkimResult.FAIL);
        assertThat(check("Subject: another\r\n" + signature + received + HEADER + "\r\n" + BODY).result())
                .isEqualTo(DkimResult.FAIL);
    }

    @Test
    void refusesASecondFromThatNobodySigned() throws GeneralSecurityException {
        assertThat(check("From: <boss@bank.example>\r\n" + signed()).result()).isEqualTo(DkimResult.FAIL);
        assertThat(check(signed().replace("\r\n\r\n", "\r\nFrom: <boss@bank.example>\r\n\r\n")).result())
                .isEqualTo(DkimResult.FAIL);
    }

    @Test
    void saysIfOnlyAPartOfTheBodyIsSigned() throws GeneralSecurityException {
        String mail = KEY.field("DKIM-Signature", PLAIN + "; l=5", CANONICAL, "Hello") + HEADER + "\r\n" + BODY;

        assertThat(check(mail + "and more\r\n")).extracting(Dkim.Verdict::result, Dkim.Verdict::reason)
                .containsExactly(DkimResult.PASS, "only the first 5 bytes of the body are signed");
        assertThat(check(mail.replace("Hello", "Hallo")).result()).isEqualTo(DkimResult.FAIL);
    }

    @Test
    void verifiesAFoldedSignatureInAFileWithBareLineFeeds() throws GeneralSecurityException {
        String folded = signed().replace("; ", ";\r\n\t").replace("h=from:subject", "h=from\r\n  :  subject");
        assertThat(check(folded).result()).isEqualTo(DkimResult.FAIL); // folding where no space was changes what is signed

        String spaced = signed().replace("; ", ";\r\n\t").replaceFirst("b=(.{30})(?=[^;]*\r\nFrom)", "b= $1\r\n  ");
        assertThat(check(spaced).result()).isEqualTo(DkimResult.PASS);
        assertThat(check(spaced.replace("\r\n", "\n")).result()).isEqualTo(DkimResult.PASS);
    }

    @Test
    void isTemporaryWhenTheDnsDoesNotAnswer() throws GeneralSecurityException {
        Names down = new WrittenNames().withFault("k._domainkey.shop.example");

        assertThat(new Dkim(down).check(RawMail.of(Signing.bytes(signed())), NOW).getFirst().result())
                .isEqualTo(DkimResult.TEMPERROR);
    }

    @Test
    void verifiesDomainsOfOtherScripts() throws GeneralSecurityException {
        names.with(Type.TXT, "k._domainkey.xn--bcher-kva.example", "p=" + KEY.published());
        String tags = "v=1; c=relaxed/simple; d=bücher.example; s=k; h=from; i=@xn--bcher-kva.example";
        String mail = KEY.field("DKIM-Signature", tags, "from:Ana <ana@shop.example>\r\n", BODY) + HEADER + "\r\n"
                + BODY;

        assertThat(check(mail)).extracting(Dkim.Verdict::result, Dkim.Verdict::domain)
                .containsExactly(DkimResult.PASS, "xn--bcher-kva.example");
    }

    private static String signed() throws GeneralSecurityException {
        return KEY.field("DKIM-Signature", PLAIN, CANONICAL, BODY) + HEADER + "\r\n" + BODY;
    }

    private Dkim.Verdict check(String mail) {
        return new Dkim(names).check(RawMail.of(Signing.bytes(mail)), NOW).getFirst();
    }

    private static Signing key(int bits) {
        try {
            return Signing.rsa(bits);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
