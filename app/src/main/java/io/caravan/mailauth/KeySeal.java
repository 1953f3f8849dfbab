package io.caravan.mailauth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import io.caravan.mail.PermanentFault;

/**
 * Closes secret keys for storing: AES-256-GCM under a key made from the installation's secret, which is in a file and not in the database.
 * So neither a copy of the database nor one of its backups signs mail, and a key that was moved to another name does not open.
 */
public final class KeySeal {

    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final byte FORM = 1;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** @param secret the installation's secret, at least 32 bytes */
    public KeySeal(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            key = new SecretKeySpec(mac.doFinal("DKIM keys".getBytes(StandardCharsets.US_ASCII)), "AES");
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java has no HmacSHA256", e);
        }
    }

    /** @param name whose it is; must be given again to open it */
    public byte[] close(byte[] pkcs8, String name) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] closed = cipher(Cipher.ENCRYPT_MODE, nonce, name).doFinal(pkcs8);
            byte[] sealed = new byte[1 + NONCE + closed.length];
            sealed[0] = FORM;
            System.arraycopy(nonce, 0, sealed, 1, NONCE);
            System.arraycopy(closed, 0, sealed, 1 + NONCE, closed.length);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("this Java has no AES/GCM", e);
        }
    }

    /** @throws PermanentFault if it was sealed with another secret or for another name, or was changed */
    public byte[] open(byte[] sealed, String name) {
        if (sealed.length <= 1 + NONCE || sealed[0] != FORM) {
            throw new PermanentFault("the stored DKIM key " + name
                    + " has a form that this version does not know: make another one with 'caravan dkim'");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(sealed, 1, 1 + NONCE), name)
                    .doFinal(sealed, 1 + NONCE, sealed.length - 1 - NONCE);
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("the stored DKIM key " + name + " does not open with this installation's secret:"
                    + " put back the file keys/secret that was there when it was made (every node needs the same),"
                    + " or make another key with 'caravan dkim'", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String name) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
