package io.caravan.mailauth;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.api.SignatureRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Signatures as others see them (RFC 6376, RFC 8463). */
class DkimSignerTest {

    private static final int MAILS = 1000;
    private static final long MOMENT = 1_790_000_000;
    private static final NewKey RSA = NewKey.make(SigningAlgorithm.RSA);
    private static final NewKey ED25519 = NewKey.make(SigningAlgorithm.ED25519);
    private static final SigningKey RSA_KEY = new SigningKey("shop.example", "r1", RSA.algorithm(), RSA.pkcs8());
    private static final SigningKey ED_KEY = new SigningKey("shop.example", "e1", ED25519.algorithm(),
            ED25519.pkcs8());
    private static final String RSA_RECORD = "v=DKIM1; k=rsa; p=" + RSA.published();
    private static final Map<String, String> RECORDS = Map.of("r1._domainkey.shop.example", RSA_RECORD,
            "e1._domainkey.shop.example", "v=DKIM1; k=ed25519; p=" + ED25519.published());

    @Test
    void aThousandOddMailsVerifyWithJdkim() throws Exception {
        DkimSigner signer = new DkimSigner(SigningProvider.chosen(), List.of(RSA_KEY));
        OddMails odd = new OddMails(1);
        int judged = 0;
        for (int i = 0; judged < MAILS; i++) {
            List<byte[]> content = odd.next(i);
            if (OddMails.isBlank(content)) {
                continue; // it hashes a line end here, as before RFC 6376 section 3.4.4 said otherwise; the others judge these
            }
            byte[] mail = signed(signer, content);

            List<SignatureRecord> valid = new DKIMVerifier((_, _, _) -> List.of(RSA_RECORD))
                    .verify(new ByteArrayInputStream(mail));

            assertThat(valid).as("mail %d", i).hasSize(1);
            judged++;
        }
    }

    @Test
    void aThousandOddMailsVerifyWithMailDkim(@TempDir Path folder) throws Exception {
        List<byte[]> mails = signed(3, RSA_KEY);

        assertThat(PublicVerifier.MAIL_DKIM.needed().complaints(folder, mails, RECORDS)).isEmpty();
    }

    @Test
    void bothSignaturesOfAThousandOddMailsVerifyWithDkimpy(@TempDir Path folder) throws Exception {
        List<byte[]> mails = signed(2, RSA_KEY, ED_KEY);

        assertThat(PublicVerifier.DKIMPY.needed().complaints(folder, mails, RECORDS)).isEmpty();
    }

    @Test
    void bothSignaturesOfAThousandOddMailsVerifyWithMailauth(@TempDir Path folder) throws Exception {
        List<byte[]> mails = signed(4, RSA_KEY, ED_KEY);

        assertThat(PublicVerifier.MAILAUTH.needed().complaints(folder, mails, RECORDS)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"DKIMPY", "MAILAUTH"})
    void theVerifiersSeeWhatWasChanged(PublicVerifier verifier, @TempDir Path folder) throws Exception {
        DkimSigner signer = new DkimSigner(SigningProvider.chosen(), List.of(RSA_KEY, ED_KEY));
        String mail = new String(signed(signer, mail("Hello\r\n")), StandardCharsets.UTF_8);
        List<byte[]> changed = List.of(mail.replace("Hello", "Hallo").getBytes(),
                ("From: x@y.example\r\n" + mail).getBytes(),
                mail.replace("Subject: a", "Subject: b").getBytes(),
                mail.replace("One-Click", "Two-Click").getBytes(), mail.replace("shop:1", "shop:2").getBytes(),
                mail.replace("\r\n\r\nHello", "\r\nSubject: c\r\n\r\nHello").getBytes(),
                mail.replace("\r\n\r\nHello", "\r\nTo: c@y.example\r\n\r\nHello").getBytes());

        assertThat(verifier.needed().complaints(folder, changed, RECORDS)).hasSize(changed.size())
                .allSatisfy(line -> assertThat(line).contains("signature 0", "signature 1"));
    }

    @Test
    void coversWhatProvidersAskForAndOversignsWhatPeopleRead() {
        String fields = new String(new DkimSigner(SigningProvider.jdk(), List.of(ED_KEY, RSA_KEY)).sign(
                mail("Hello\r\n"), MOMENT), StandardCharsets.US_ASCII);

        assertThat(fields.split("DKIM-Signature: ")).hasSize(3);
        assertThat(fields.replaceAll("\r\n[ ]+", " ")).contains(
                "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=shop.example; s=e1; t=1790000000;",
                "a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=r1;");
        assertThat(fields.replaceAll("\\s", "")).contains(
                "h=From:From:To:To:Subject:Subject:Date:Message-ID:List-Unsubscribe:List-Unsubscribe-Post:Feedback-ID;");
        assertThat(fields.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(78));
        assertThat(fields).endsWith("\r\n").doesNotContain("l=", "\n\r");
    }

    @Test
    void theSameMailHasTheSameBytesWhoeverComputesThem() {
        DkimSigner chosen = new DkimSigner(SigningProvider.chosen(), List.of(RSA_KEY, ED_KEY));
        DkimSigner jdk = new DkimSigner(SigningProvider.jdk(), List.of(RSA_KEY, ED_KEY));
        OddMails odd = new OddMails(3);
        for (int i = 0; i < 20; i++) {
            List<byte[]> mail = odd.next(i);

            byte[] first = chosen.sign(mail, MOMENT);

            assertThat(jdk.sign(mail, MOMENT)).isEqualTo(first);
            assertThat(chosen.sign(List.of(OddMails.whole(mail)), MOMENT)).isEqualTo(first);
            assertThat(chosen.sign(mail, MOMENT + 1)).isNotEqualTo(first);
        }
    }

    @Test
    void theNativeProviderIsUsedWhereItRuns() {
        boolean linux = System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");

        assertThat(SigningProvider.chosen().name())
                .isEqualTo(linux ? "AWS-LC (AmazonCorrettoCryptoProvider 2.5.0)" : "JDK");
        assertThat(SigningProvider.chosen().why().isEmpty()).isEqualTo(linux);
    }

    @Test
    void aKeyThatIsNoneIsRefusedInASentence() {
        SigningKey spoilt = new SigningKey("shop.example", "r1", SigningAlgorithm.RSA, new byte[10]);

        assertThatThrownBy(() -> new DkimSigner(SigningProvider.chosen(), List.of(spoilt)))
                .hasMessageContaining("shop.example").hasMessageContaining("make another one");
    }

    private static List<byte[]> mail(String body) {
        return List.of(("From: Ana <news@shop.example>\r\nTo: bo@example.org\r\nSubject: a\r\n"
                + "Date: Mon, 5 Oct 2026 10:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\n"
                + "List-Unsubscribe: <https://shop.example/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                + "Feedback-ID: shop:1\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
    }

    private static List<byte[]> signed(long seed, SigningKey... keys) {
        DkimSigner signer = new DkimSigner(SigningProvider.chosen(), List.of(keys));
        OddMails odd = new OddMails(seed);
        List<byte[]> mails = new ArrayList<>();
        for (int i = 0; i < MAILS; i++) {
            mails.add(signed(signer, odd.next(i)));
        }
        return mails;
    }

    private static byte[] signed(DkimSigner signer, List<byte[]> content) {
        List<byte[]> whole = new ArrayList<>(List.of(signer.sign(content, MOMENT)));
        whole.addAll(content);
        return OddMails.whole(whole);
    }
}
