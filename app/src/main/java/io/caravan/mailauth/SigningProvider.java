package io.caravan.mailauth;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.PermanentFault;

/**
 * Who computes signatures: AWS-LC where it is to be had, else the JDK. Both make the same bytes, and native code four times as many RSA
 * signatures a second. It is asked for this alone and never becomes the JVM's provider of anything else.
 */
public final class SigningProvider {

    private static final String NATIVE = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
    private static final SigningProvider CHOSEN = choose();

    private final @Nullable Provider provider;
    private final String name;
    private final String why;

    private SigningProvider(@Nullable Provider provider, String name, String why) {
        this.provider = provider;
        this.name = name;
        this.why = why;
    }

    /** The better one that works here; it was tested against known answers, once. */
    public static SigningProvider chosen() {
        return CHOSEN;
    }

    /** The JDK's own. */
    public static SigningProvider jdk() {
        return new SigningProvider(null, "JDK", "");
    }

    /** For people: {@code AWS-LC (AmazonCorrettoCryptoProvider 2.5.0)} or {@code JDK}. */
    public String name() {
        return name;
    }

    /** Why it is not the native one; {@code ""} if it is. */
    public String why() {
        return why;
    }

    PrivateKey key(SigningAlgorithm algorithm, byte[] pkcs8) throws GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        return provider == null || algorithm == SigningAlgorithm.ED25519 // AWS-LC takes the JDK's keys of that kind and reads none
                ? KeyFactory.getInstance(algorithm.keys).generatePrivate(spec)
                : KeyFactory.getInstance(algorithm.keys, provider).generatePrivate(spec);
    }

    /** Ready to sign, again and again. */
    Signature signature(SigningAlgorithm algorithm, PrivateKey key) throws GeneralSecurityException {
        Signature signature = provider == null
                ? Signature.getInstance(algorithm.signature)
                : Signature.getInstance(algorithm.signature, provider);
        signature.initSign(key);
        return signature;
    }

    private static SigningProvider choose() {
        try {
            Provider found = (Provider) Class.forName(NATIVE).getField("INSTANCE").get(null);
            if (found == null) {
                return fallback("it found no library for this machine");
            }
            SigningProvider made = new SigningProvider(found, "AWS-LC (" + found.getName() + " "
                    + found.getVersionStr() + ")", "");
            made.prove();
            return made;
        } catch (ClassNotFoundException absent) {
            return fallback("AmazonCorrettoCryptoProvider is not on the class path");
        } catch (ReflectiveOperationException | GeneralSecurityException | RuntimeException | LinkageError e) {
            return fallback("AWS-LC does not work here: " + e);
        }
    }

    private static SigningProvider fallback(String why) {
        return new SigningProvider(null, "JDK", why);
    }

    /** Known answers: the first vector of RFC 8032 section 7.1, and the JDK's own signature with a key that is thrown away. */
    private void prove() throws GeneralSecurityException {
        HexFormat hex = HexFormat.of();
        byte[] seed = hex.parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        byte[] known = hex.parseHex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        byte[] ed25519 = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)).getEncoded();
        KeyPairGenerator maker = KeyPairGenerator.getInstance("RSA");
        maker.initialize(1024); // never leaves this method
        byte[] rsa = maker.generateKeyPair().getPrivate().getEncoded();
        boolean proven = Arrays.equals(once(SigningAlgorithm.ED25519, ed25519, new byte[0]), known)
                && Arrays.equals(once(SigningAlgorithm.RSA, rsa, known), jdk().once(SigningAlgorithm.RSA, rsa, known));
        if (!proven) {
            throw new PermanentFault("a known answer came out differently");
        }
    }

    private byte[] once(SigningAlgorithm algorithm, byte[] pkcs8, byte[] data) throws GeneralSecurityException {
        Signature signature = signature(algorithm, key(algorithm, pkcs8));
        signature.update(data);
        return signature.sign();
    }
}
