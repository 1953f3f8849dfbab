package io.caravan.mailauth;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the database holds of a secret key. */
class KeySealTest {

    private final KeySeal seal = new KeySeal(new byte[32]);
    private final byte[] key = "a secret key".getBytes(StandardCharsets.US_ASCII);

    @Test
    void opensWithTheSameSecretAndNameOnly() {
        byte[] sealed = seal.close(key, "s1._domainkey.shop.example");

        assertThat(seal.open(sealed, "s1._domainkey.shop.example")).isEqualTo(key);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("secret");
        assertThat(seal.close(key, "s1._domainkey.shop.example")).isNotEqualTo(sealed);
        assertThatThrownBy(() -> seal.open(sealed, "s1._domainkey.other.example")).hasMessageContaining("keys/secret");
        byte[] other = new byte[32];
        other[0] = 1;
        assertThatThrownBy(() -> new KeySeal(other).open(sealed, "s1._domainkey.shop.example"))
                .hasMessageContaining("put back the file");
    }

    @Test
    void noticesAnyChange() {
        byte[] sealed = seal.close(key, "n");
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;

            assertThatThrownBy(() -> seal.open(changed, "n")).as("byte %d", i).isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> seal.open(new byte[3], "n")).hasMessageContaining("make another one");
    }
}
