package io.caravan.mailauth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import io.caravan.mail.PermanentFault;

/**
 * Signs mails with one key, or with several at once (RFC 6376, RFC 8463): relaxed/relaxed, the whole body, no expiry. The same mail, key and
 * moment give the same bytes, whoever computes them.
 *
 * <p>Not thread-safe, and dear to make: keep one per worker. Nothing of a mail is copied but its header.
 */
public final class DkimSigner {

    private static final int SIGNATURE_LINE = 72;

    private record Pen(SigningKey key, Signature signature, String opening) {
    }

    private final List<Pen> pens = new ArrayList<>();
    private final SignedFields fields = new SignedFields();
    private final MessageDigest sha256;
    private final Canonicalization.Sink hash;
    private final Bytes text = new Bytes();
    private final Bytes out = new Bytes();

    /**
     * @param keys in the order of their fields in the mail, at least one
     * @throws PermanentFault if one of the keys cannot be used
     */
    public DkimSigner(SigningProvider provider, List<SigningKey> keys) {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
            hash = sha256::update;
            for (SigningKey key : keys) {
                Signature signature = provider.signature(key.algorithm(), provider.key(key.algorithm(), key.pkcs8()));
                pens.add(new Pen(key, signature, "DKIM-Signature: v=1; a=" + key.algorithm().tag
                        + "; c=relaxed/relaxed;\r\n d=" + key.domain() + "; s=" + key.selector() + "; t="));
            }
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("a DKIM key of " + keys.stream().map(SigningKey::domain).distinct().toList()
                    + " cannot be used: make another one with 'caravan dkim'", e);
        }
    }

    /**
     * The fields to put before a mail.
     *
     * @param content header and body with CRLF line ends; each segment begins at a line's start
     * @param seconds {@code t=}, since the epoch
     * @return a DKIM-Signature field per key, each ended by CRLF
     */
    public byte[] sign(List<byte[]> content, long seconds) {
        List<byte[]> mail = content;
        int body = mail.isEmpty() ? -1 : fields.read(mail.getFirst());
        if (body < 0) { // the header goes on in another segment, or there is no body
            byte[] whole = joined(mail);
            mail = List.of(whole);
            body = fields.read(whole);
            body = body < 0 ? whole.length : body;
        }
        String bodyHash = bodyHash(mail, body);
        text.length = 0;
        fields.canonical(text);
        out.length = 0;
        try {
            for (Pen pen : pens) {
                field(pen, seconds, bodyHash);
            }
        } catch (GeneralSecurityException e) {
            throw new PermanentFault("signing failed", e);
        }
        return Arrays.copyOf(out.array, out.length);
    }

    private void field(Pen pen, long seconds, String bodyHash) throws GeneralSecurityException {
        int start = out.length;
        out.ascii(pen.opening);
        out.ascii(Long.toString(seconds));
        out.ascii(";\r\n h=");
        fields.list(out, " h=".length());
        out.ascii(";\r\n bh=");
        out.ascii(bodyHash);
        out.ascii(";\r\n b=");
        byte[] signature = Base64.getEncoder().encode(signature(pen, start));
        for (int from = 0; from < signature.length; from += SIGNATURE_LINE) {
            if (from > 0) {
                out.ascii("\r\n  ");
            }
            out.put(signature, from, Math.min(SIGNATURE_LINE, signature.length - from));
        }
        out.ascii("\r\n");
    }

    /** Over the header and the field itself with an empty {@code b=} and no line end (RFC 6376 section 3.7). */
    private byte[] signature(Pen pen, int start) throws GeneralSecurityException {
        int header = text.length;
        text.reserve(Canonicalization.room(out.length - start));
        int end = Canonicalization.RELAXED.lastField(out.array, start, out.length, text.array, header);
        if (pen.key.algorithm() == SigningAlgorithm.ED25519) { // signs the hash, RFC 8463 section 3
            sha256.update(text.array, 0, end);
            pen.signature.update(sha256.digest());
        } else {
            pen.signature.update(text.array, 0, end);
        }
        return pen.signature.sign();
    }

    private String bodyHash(List<byte[]> mail, int from) {
        CanonicalBody body = Canonicalization.RELAXED.body(hash);
        byte[] first = mail.getFirst();
        body.update(first, from, first.length - from);
        for (int i = 1; i < mail.size(); i++) {
            body.update(mail.get(i), 0, mail.get(i).length);
        }
        body.finish();
        return Base64.getEncoder().encodeToString(sha256.digest());
    }

    private static byte[] joined(List<byte[]> mail) {
        Bytes whole = new Bytes();
        mail.forEach(whole::put);
        return Arrays.copyOf(whole.array, whole.length);
    }
}
