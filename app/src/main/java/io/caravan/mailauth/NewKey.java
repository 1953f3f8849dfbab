package io.caravan.mailauth;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

import io.caravan.mail.PermanentFault;

/**
 * A key pair just made.
 *
 * @param pkcs8     the secret half; whoever has it can sign as the domain
 * @param published the other half, as {@code p=} of its record
 */
public record NewKey(SigningAlgorithm algorithm, byte[] pkcs8, String published) {

    private static final int RSA_BITS = 2048; // RFC 8301 section 3.2; longer ones do not fit a UDP answer and sign much slower

    public static NewKey make(SigningAlgorithm algorithm) {
        try {
            KeyPairGenerator maker = KeyPairGenerator.getInstance(algorithm.keys);
            if (algorithm == SigningAlgorithm.RSA) {
                maker.initialize(RSA_BITS);
            }
            KeyPair pair = maker.generateKeyPair();
            return new NewKey(algorithm, pair.getPrivate().getEncoded(),
                    algorithm.published(pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java makes no " + algorithm.keys + " keys", e);
        }
    }
}
