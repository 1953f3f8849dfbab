package io.caravan.mailauth;

import java.util.Arrays;
import java.util.Base64;

import io.caravan.mail.InvalidInput;

/** What a key signs with (RFC 8301 section 3, RFC 8463): its names in a signature, in a key record and in Java. */
public enum SigningAlgorithm {

    RSA("rsa", "rsa-sha256", "RSA", "SHA256withRSA"), //
    ED25519("ed25519", "ed25519-sha256", "Ed25519", "Ed25519");

    private static final int ED25519_KEY_BYTES = 32;

    private final String word;
    final String tag;
    final String keys;
    final String signature;

    SigningAlgorithm(String word, String tag, String keys, String signature) {
        this.word = word;
        this.tag = tag;
        this.keys = keys;
        this.signature = signature;
    }

    /** {@code rsa} or {@code ed25519}, as {@code k=} of a key record has it. */
    public String word() {
        return word;
    }

    /** @throws InvalidInput for another word */
    public static SigningAlgorithm of(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst()
                .orElseThrow(
                        () -> new InvalidInput("'" + word + "' is no algorithm of DKIM keys; write rsa or ed25519"));
    }

    /**
     * The {@code p=} of a key record.
     *
     * @param subjectPublicKeyInfo X.509's form. RSA publishes it whole (RFC 6376 section 3.6.1), Ed25519 the bare key at its end (RFC 8463
     *                             section 4)
     */
    String published(byte[] subjectPublicKeyInfo) {
        byte[] bytes = this == ED25519
                ? Arrays.copyOfRange(subjectPublicKeyInfo, subjectPublicKeyInfo.length - ED25519_KEY_BYTES,
                        subjectPublicKeyInfo.length)
                : subjectPublicKeyInfo;
        return Base64.getEncoder().encodeToString(bytes);
    }
}
