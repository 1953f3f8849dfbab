package io.caravan.mailauth;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A key record of the DNS (RFC 6376 section 3.6.1, RFC 8463).
 *
 * @param type         {@code rsa} or {@code ed25519}
 * @param sameDomain   flag {@code s}: a signature's identity must be of the signing domain itself
 */
record DkimKey(String type, PublicKey key, boolean sameDomain) {

    private static final int LEAST_BITS = 1024; // RFC 8301 section 3.2
    private static final int MOST_BITS = 16_384; // longer ones would only cost time
    private static final int ED25519_BYTES = 32;
    /** SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL } */
    private static final byte[] RSA = {0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d,
            0x01, 0x01, 0x01, 0x05, 0x00};

    static DkimKey parse(String record) throws TagList.Malformed {
        TagList tags = TagList.parse(record);
        if (tags.has("v") && (!tags.begins("v") || !tags.get("v", "").equals("DKIM1"))) {
            throw new TagList.Malformed("v= of the key record is not DKIM1, or does not come first");
        }
        if (!tags.has("p")) {
            throw new TagList.Malformed("the key record has no p=");
        }
        if (tags.get("p", "").isEmpty()) {
            throw new TagList.Malformed("the key is revoked");
        }
        if (tags.has("h") && !parts(tags.get("h", "")).contains("sha256")) {
            throw new TagList.Malformed("the key is not for SHA-256");
        }
        if (parts(tags.get("s", "*")).stream().noneMatch(service -> service.equals("*") || service.equals("email"))) {
            throw new TagList.Malformed("the key is not for mail");
        }
        String type = tags.get("k", "rsa");
        return new DkimKey(type, key(type, tags.base64("p")), parts(tags.get("t", "")).contains("s"));
    }

    private static List<String> parts(String list) {
        return Stream.of(list.split(":")).map(TagList::trim).toList();
    }

    private static PublicKey key(String type, byte[] bytes) throws TagList.Malformed {
        try {
            return switch (type) {
                case "rsa" -> rsa(bytes);
                case "ed25519" -> ed25519(bytes);
                default -> throw new TagList.Malformed("a key of type " + MacroString.printable(type)
                        + ", which nobody knows");
            };
        } catch (GeneralSecurityException e) {
            throw new TagList.Malformed("the key's bytes are no key of type " + type);
        }
    }

    private static PublicKey rsa(byte[] bytes) throws GeneralSecurityException, TagList.Malformed {
        RSAPublicKey key;
        try {
            key = rsaOf(bytes);
        } catch (GeneralSecurityException e) {
            key = rsaOf(wrapped(bytes)); // an RSAPublicKey alone, as the RFC says in its text
        }
        int bits = key.getModulus().bitLength();
        if (bits < LEAST_BITS || bits > MOST_BITS) {
            throw new TagList.Malformed(
                    "an RSA key of " + bits + " bits: it must have " + LEAST_BITS + " to " + MOST_BITS);
        }
        return key;
    }

    private static RSAPublicKey rsaOf(byte[] bytes) throws GeneralSecurityException {
        return (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(bytes));
    }

    private static byte[] wrapped(byte[] key) {
        byte[] bits = new byte[key.length + 1]; // the first byte of a BIT STRING says how many of its bits are none
        System.arraycopy(key, 0, bits, 1, key.length);
        byte[] string = der(0x03, bits);
        byte[] both = Arrays.copyOf(RSA, RSA.length + string.length);
        System.arraycopy(string, 0, both, RSA.length, string.length);
        return der(0x30, both);
    }

    /** DER: the tag, the length in its shortest form, the content. */
    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int bytes = content.length < 0x80 ? 0 : (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / 8;
        if (bytes > 0) {
            out.write(0x80 | bytes);
        }
        for (int i = Math.max(bytes, 1) - 1; i >= 0; i--) {
            out.write(content.length >> i * Byte.SIZE);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /** The 32 bytes of RFC 8032: little-endian, the top bit is the sign of x. */
    private static PublicKey ed25519(byte[] bytes) throws GeneralSecurityException, TagList.Malformed {
        if (bytes.length != ED25519_BYTES) {
            throw new TagList.Malformed("an Ed25519 key of " + bytes.length + " bytes instead of " + ED25519_BYTES);
        }
        byte[] y = new byte[ED25519_BYTES];
        for (int i = 0; i < ED25519_BYTES; i++) {
            y[i] = bytes[ED25519_BYTES - 1 - i];
        }
        boolean odd = (y[0] & 0x80) != 0;
        y[0] &= 0x7f;
        return KeyFactory.getInstance("Ed25519").generatePublic(
                new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y))));
    }
}
