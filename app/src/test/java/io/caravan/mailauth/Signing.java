package io.caravan.mailauth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/** Signs as odd as a test wants: RSA or Ed25519 over fields that the test wrote in canonical form itself. */
final class Signing {

    private final KeyPair pair;
    private final boolean rsa;

    private Signing(KeyPair pair, boolean rsa) {
        this.pair = pair;
        this.rsa = rsa;
    }

    static Signing rsa(int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return new Signing(generator.generateKeyPair(), true);
    }

    static Signing ed25519() throws GeneralSecurityException {
        return new Signing(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), false);
    }

    /** The key's bytes as {@code p=} has them. */
    String published() {
        byte[] spki = pair.getPublic().getEncoded();
        return base64(rsa ? spki : Arrays.copyOfRange(spki, spki.length - 32, spki.length));
    }

    /** The RSAPublicKey alone, which is what the RFC's text asks for. */
    String publishedBare() {
        byte[] spki = pair.getPublic().getEncoded();
        int at = 4 + 15 + 4 + 1; // SEQUENCE, algorithm, BIT STRING, unused bits; true of keys from 1024 bits on
        return base64(Arrays.copyOfRange(spki, spki.length > 256 + 38 ? at : at - 2, spki.length));
    }

    /**
     * @param tags      the signature field's tags in canonical form, but for a= at the begin and bh= and b= at the end
     * @param canonical the signed fields in relaxed form, each ended by CRLF
     * @return the signature field with its line end
     */
    String field(String name, String tags, String canonical, String signedBody) throws GeneralSecurityException {
        String value = " a=" + (rsa ? "rsa" : "ed25519") + "-sha256; " + tags + "; bh="
                + base64(sha256(bytes(signedBody))) + "; b=";
        return name + ":" + value + signed(canonical + name.toLowerCase(java.util.Locale.ROOT) + ":" + value.strip())
                + "\r\n";
    }

    String signed(String text) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(rsa ? bytes(text) : sha256(bytes(text)));
        return base64(signature.sign());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
