package io.caravan.mailauth;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

/** Looks up the keys of signatures and tries them. */
final class SignatureKeys {

    /** More records than this under one name are not tried. */
    private static final int MOST = 4;
    private static final String WEAK = "rsa-sha1";

    private final Names names;

    SignatureKeys(Names names) {
        this.names = names;
    }

    /**
     * Is {@code data} what was signed, by a key that may sign for this identity?
     *
     * @param identityDomain the domain of {@code i=}; for signatures without, the signing domain
     */
    Checked check(SignatureTags signature, byte[] data, String identityDomain) {
        String type = switch (signature.algorithm()) {
            case "rsa-sha256" -> "rsa";
            case "ed25519-sha256" -> "ed25519";
            default -> "";
        };
        if (type.isEmpty()) {
            return signature.algorithm().equals(WEAK)
                    ? Checked.fail("rsa-sha1 counts no more (RFC 8301)")
                    : Checked.permanent("an algorithm that nobody knows: "
                            + MacroString.printable(signature.algorithm()));
        }
        if (!DomainName.canBeAsked(signature.keyName())) {
            return Checked.permanent("the name of the key is too long");
        }
        return switch (names.look(Type.TXT, signature.keyName())) {
            case Answer.Fault fault -> Checked.temporary(fault.why());
            case Answer.None none -> Checked.permanent("there is no key at " + signature.keyName());
            case Answer.Found found -> tried(found.values(), type, signature, data, identityDomain);
        };
    }

    private static Checked tried(List<String> records, String type, SignatureTags signature, byte[] data,
            String identityDomain) {
        List<Checked> results = new ArrayList<>();
        for (String record : records.subList(0, Math.min(records.size(), MOST))) {
            Checked result = tried(record, type, signature, data, identityDomain);
            if (result.passed()) {
                return result;
            }
            results.add(result);
        }
        return results.stream().filter(result -> result.result() == DkimResult.FAIL).findFirst()
                .orElse(results.getFirst());
    }

    private static Checked tried(String record, String type, SignatureTags signature, byte[] data,
            String identityDomain) {
        DkimKey key;
        try {
            key = DkimKey.parse(record);
        } catch (TagList.Malformed e) {
            return Checked.permanent(e.why() + ", at " + signature.keyName());
        }
        if (!key.type().equals(type)) {
            return Checked
                    .permanent("the key at " + signature.keyName() + " is of type " + key.type() + ", not " + type);
        }
        if (key.sameDomain() && !identityDomain.equalsIgnoreCase(signature.domain())) {
            return Checked.permanent("the key at " + signature.keyName() + " is not for subdomains");
        }
        return isSigned(key, signature.signature(), data)
                ? Checked.pass()
                : Checked.fail("the signature is not that of the header with the key at " + signature.keyName());
    }

    private static boolean isSigned(DkimKey key, byte[] signature, byte[] data) {
        boolean rsa = key.type().equals("rsa");
        try {
            Signature verifier = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
            verifier.initVerify(key.key());
            verifier.update(rsa ? data : MailHash.sha256().digest(data)); // RFC 8463 section 3 signs the hash
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // the wrong length, a point that is not on the curve
        }
    }

    /** @param reason empty for a pass without remark */
    record Checked(DkimResult result, String reason) {

        static Checked pass() {
            return new Checked(DkimResult.PASS, "");
        }

        static Checked fail(String reason) {
            return new Checked(DkimResult.FAIL, reason);
        }

        static Checked permanent(String reason) {
            return new Checked(DkimResult.PERMERROR, reason);
        }

        static Checked temporary(String reason) {
            return new Checked(DkimResult.TEMPERROR, reason);
        }

        boolean passed() {
            return result == DkimResult.PASS;
        }
    }
}
