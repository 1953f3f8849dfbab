package io.caravan.mailauth;

import java.security.GeneralSecurityException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;

class ArcTest {

    private static final String MAIL = "From: Ana <ana@shop.example>\r\n\r\nHello\r\n";
    private static final Signing KEY = key();

    private final WrittenNames names = new WrittenNames().with(Type.TXT, "k._domainkey.list.example",
            "p=" + KEY.published());

    @Test
    void passesAChainOfFiftyHostsAndNoLonger() throws GeneralSecurityException {
        String mail = MAIL;
        String sets = "";
        for (int i = 1; i <= 50; i++) {
            String set = set(i, i == 1 ? "none" : "pass", sets);
            mail = reversed(set) + mail;
            sets += set;
        }

        assertThat(check(mail)).extracting(Arc.Verdict::result, Arc.Verdict::sets, Arc.Verdict::sealer)
                .containsExactly(ArcResult.PASS, 50, "list.example");
        assertThat(check(reversed(set(51, "pass", sets)) + mail).result()).isEqualTo(ArcResult.FAIL);
        assertThat(check(mail.replace("Hello", "Hallo")).result()).isEqualTo(ArcResult.FAIL);
        assertThat(check(mail.replaceFirst("i=7; relay", "i=7; other")).result()).isEqualTo(ArcResult.FAIL);
        assertThat(check("From: <boss@bank.example>\r\n" + mail).result()).isEqualTo(ArcResult.FAIL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"i=0;", "i=51;", "i=1a;", "i=;", "i=001;", "x=1;", "=", "i=1; i=1;"})
    void failsAChainWhoseNumbersAreNone(String tags) throws GeneralSecurityException {
        assertThat(check("ARC-Seal: " + tags + "\r\n" + reversed(set(1, "none", "")) + MAIL).result())
                .isEqualTo(ArcResult.FAIL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pass", "fail", "None", "NONE", "x"})
    void failsAFirstSealThatSpeaksOfAChainBeforeIt(String stated) throws GeneralSecurityException {
        assertThat(check(reversed(set(1, "none", "")) + MAIL).result()).isEqualTo(ArcResult.PASS);
        assertThat(check(reversed(set(1, stated, "")) + MAIL).result()).isEqualTo(ArcResult.FAIL);
    }

    @Test
    void failsAChainWithAGapOrWithoutAFieldAndIsTemporaryWithoutDns() throws GeneralSecurityException {
        String first = set(1, "none", "");

        assertThat(check(reversed(set(2, "pass", first)) + MAIL).result()).isEqualTo(ArcResult.FAIL);
        assertThat(check(reversed(first).replaceFirst("ARC-Auth", "X-Auth") + MAIL).result()).isEqualTo(ArcResult.FAIL);
        assertThat(check(MAIL).result()).isEqualTo(ArcResult.NONE);
        assertThat(new Arc(new WrittenNames().withFault("k._domainkey.list.example"))
                .check(RawMail.of(Signing.bytes(reversed(first) + MAIL))).result()).isEqualTo(ArcResult.TEMPERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(gateway 3) i=1 (first hop); mx.example; spf=pass",
            "i (a) = (b \\) (c (d)) ;) 1 (e); mx.example; none", "()i=1; mx.example; none", "i= 01 ; mx.example; none"})
    void readsTheNumberOfResultsAmongComments(String results) throws GeneralSecurityException {
        assertThat(check(reversed(set(results, 1, "none", "")) + MAIL).result()).isEqualTo(ArcResult.PASS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(gateway i=1; mx.example; none", "(gateway \\) i=1; mx.example; none", "i=1 (\\",
            "i=1 (hop)", "i=1) ; mx.example; none", "i=(1); mx.example; none", "i=1 (x) 2; mx.example; none",
            "(i=1;) mx.example; none", "i=001; mx.example; none", "x=1; mx.example; none"})
    void takesNoNumberOutOfCommentsOrWithoutAnEnd(String results) throws GeneralSecurityException {
        assertThat(check(reversed(set(results, 1, "none", "")) + MAIL)).satisfies(verdict -> {
            assertThat(verdict.result()).isEqualTo(ArcResult.FAIL);
            assertThat(verdict.reason()).contains("arc-authentication-results has no number");
        });
    }

    private static String set(int i, String stated, String before) throws GeneralSecurityException {
        return set("i=" + i + "; relay.example; none", i, stated, before);
    }

    /** Results, message signature and seal of one host, in canonical form. */
    private static String set(String result, int i, String stated, String before) throws GeneralSecurityException {
        String results = "arc-authentication-results:" + result + "\r\n";
        String message = canonical(KEY.field("ARC-Message-Signature",
                "i=" + i + "; c=relaxed/relaxed; d=list.example; s=k; h=from", "from:Ana <ana@shop.example>\r\n",
                "Hello\r\n"));
        String seal = "arc-seal:a=rsa-sha256; i=" + i + "; cv=" + stated + "; d=list.example; s=k; b=";
        return results + message + seal + KEY.signed(before + results + message + seal) + "\r\n";
    }

    private static String canonical(String field) {
        return field.replaceFirst("^[^:]+: ", "arc-message-signature:");
    }

    /** As it stands on top of a mail, with the field names that the RFC writes. */
    private static String reversed(String set) {
        String[] fields = set.split("\r\n");
        return fields[2].replace("arc-seal:", "ARC-Seal: ") + "\r\n"
                + fields[1].replace("arc-message-signature:", "ARC-Message-Signature: ") + "\r\n"
                + fields[0].replace("arc-authentication-results:", "ARC-Authentication-Results: ") + "\r\n";
    }

    private Arc.Verdict check(String mail) {
        return new Arc(names).check(RawMail.of(Signing.bytes(mail)));
    }

    private static Signing key() {
        try {
            return Signing.rsa(1024);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
