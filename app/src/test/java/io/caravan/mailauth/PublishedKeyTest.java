package io.caravan.mailauth;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mailauth.Names.Type;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said of a record is what a verifier makes of mail that the key has signed. */
class PublishedKeyTest {

    private static final String NAME = "s1._domainkey.shop.example";
    private static final NewKey RSA = NewKey.make(SigningAlgorithm.RSA);
    private static final NewKey ED25519 = NewKey.make(SigningAlgorithm.ED25519);
    private static final String OTHER = NewKey.make(SigningAlgorithm.RSA).published();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"v=DKIM1; k=rsa; p=KEY |", "p=KEY |", "v=DKIM1; p=FOLDED; |",
            "k=rsa; t=s; s=email; h=sha1:sha256; p=KEY; n=any |", "t=y:s; s=web : *; p=KEY |", "unknown=1; p=KEY |",
            "p=KEY; v=DKIM1 | v= of the key record", "v=dkim1; p=KEY | v= of the key record",
            "v=DKIM2; p=KEY | v= of the key record", "v=DKIM1; p= | the key is revoked",
            "v=DKIM1; k=rsa | has no p=", "v=DKIM1; h=sha1; p=KEY | not for SHA-256",
            "v=DKIM1; h=SHA256; p=KEY | not for SHA-256", "v=DKIM1; s=tlsrpt; p=KEY | not for mail",
            "v=DKIM1; k=ed25519; p=KEY | for keys of type 'ed25519', and this key's is rsa",
            "v=DKIM1; k=dsa; p=KEY | for keys of type 'dsa'", "v=DKIM1; p=OTHER | is of another key",
            "v=DKIM1; p=OTHER; n=p=KEY | is of another key", "n=v=DKIM1; p=OTHER | is of another key",
            "v=DKIM1; p=K*Y | no base64", "v=DKIM1; p=KEY; p=KEY | stands twice",
            "v=DKIM1 p=KEY | v= of the key record",
            "'v=DKIM1; p=KEY; \"' | is no tag=value", "v=spf1 -all | v= of the key record"})
    void saysOfARecordWhatAVerifierMakesOfIt(String record, String fault) {
        String written = written(record, RSA);

        assertThat(PublishedKey.fault(List.of(written), SigningAlgorithm.RSA, RSA.published()).orElse(null))
                .satisfies(said -> {
                    if (fault == null) {
                        assertThat(said).isNull();
                    } else {
                        assertThat(said).contains(fault);
                    }
                });
        assertThat(verdict(RSA, written) == DkimResult.PASS).as("a verifier takes it").isEqualTo(fault == null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"v=DKIM1; k=ed25519; p=KEY |",
            "v=DKIM1; p=KEY | for keys of type 'rsa', since it has no k=, and this key's is ed25519",
            "v=DKIM1; k=Ed25519; p=KEY | for keys of type 'Ed25519'",
            "v=DKIM1; k=ed25519; p=OTHER | instead of 32"})
    void anEd25519RecordMustSayThatItIsOne(String record, String fault) {
        String written = written(record, ED25519);

        String said = PublishedKey.fault(List.of(written), SigningAlgorithm.ED25519, ED25519.published()).orElse("");

        assertThat(said).contains(fault == null ? "" : fault);
        assertThat(said.isEmpty()).isEqualTo(fault == null)
                .isEqualTo(verdict(ED25519, written) == DkimResult.PASS);
    }

    @Test
    void severalRecordsAreAsBadAsNone() {
        String right = "v=DKIM1; k=rsa; p=" + RSA.published();

        assertThat(PublishedKey.fault(List.of(right, "v=spf1 -all"), SigningAlgorithm.RSA, RSA.published()))
                .hasValueSatisfying(said -> assertThat(said).contains("there are 2 TXT records"));
        assertThat(PublishedKey.fault(Collections.nCopies(2, right), SigningAlgorithm.RSA, RSA.published()))
                .isPresent();
        assertThat(PublishedKey.fault(List.of(), SigningAlgorithm.RSA, RSA.published()))
                .hasValue("there is no TXT record");
    }

    private static String written(String record, NewKey key) {
        return record.replace("KEY", key.published()).replace("OTHER", OTHER)
                .replace("FOLDED", key.published().replaceAll("(.{60})", "$1 \t"));
    }

    /** Of mail that the key has signed, by this record. */
    private static DkimResult verdict(NewKey key, String record) {
        String mail = "From: Ana <ana@shop.example>\r\nSubject: Spring\r\n\r\nHello\r\n";
        byte[] fields = new DkimSigner(SigningProvider.chosen(),
                List.of(new SigningKey("shop.example", "s1", key.algorithm(), key.pkcs8())))
                .sign(List.of(mail.getBytes(StandardCharsets.US_ASCII)), 1_700_000_000);
        WrittenNames names = new WrittenNames().with(Type.TXT, NAME, record);
        byte[] signed = (new String(fields, StandardCharsets.US_ASCII) + mail).getBytes(StandardCharsets.US_ASCII);
        return new Dkim(names).check(RawMail.of(signed), Instant.ofEpochSecond(1_700_000_100)).getFirst().result();
    }
}
