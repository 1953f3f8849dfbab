package io.caravan.mailauth;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.caravan.mailauth.SignatureKeys.Checked;

/** Verifies the DKIM signatures of a mail (RFC 6376 section 6, RFC 8301, RFC 8463). */
public final class Dkim {

    /** Further ones are not looked at: each costs a look-up and a hash (RFC 6376 section 6.1). */
    private static final int MOST = 20;

    private final SignatureKeys keys;

    public Dkim(Names names) {
        keys = new SignatureKeys(names);
    }

    /**
     * One signature.
     *
     * @param domain the signing domain as A-label, empty if it could not be read
     * @param reason empty for a pass without remark
     */
    public record Verdict(DkimResult result, String domain, String selector, String algorithm, String reason) {
    }

    /**
     * @param received when the mail came in: what {@code x=} is held against
     * @return a verdict for each signature, from the top; empty if there is none
     */
    public List<Verdict> check(RawMail mail, Instant received) {
        MailHash hash = new MailHash(mail);
        List<Verdict> verdicts = new ArrayList<>();
        for (RawMail.Field field : mail.fields("dkim-signature")) {
            verdicts.add(verdicts.size() < MOST
                    ? check(mail, hash, field, received)
                    : new Verdict(DkimResult.PERMERROR, "", "", "",
                            "not looked at: the mail has more than " + MOST + " signatures"));
        }
        return verdicts;
    }

    /** The verdict of the whole: one good signature is enough. */
    public static DkimResult overall(List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return DkimResult.NONE;
        }
        for (DkimResult result : List.of(DkimResult.PASS, DkimResult.TEMPERROR)) {
            if (verdicts.stream().anyMatch(verdict -> verdict.result() == result)) {
                return result;
            }
        }
        return DkimResult.FAIL;
    }

    private Verdict check(RawMail mail, MailHash hash, RawMail.Field field, Instant received) {
        SignatureTags signature;
        try {
            TagList tags = TagList.parse(field.value());
            if (!tags.need("v").equals("1")) {
                throw new TagList.Malformed("the signature is not of version 1");
            }
            signature = SignatureTags.of(tags);
        } catch (TagList.Malformed e) {
            return new Verdict(DkimResult.PERMERROR, "", "", "", e.why());
        }
        Checked checked;
        try {
            checked = check(mail, hash, field, signature, received);
        } catch (TagList.Malformed e) {
            checked = Checked.permanent(e.why());
        }
        return new Verdict(checked.result(), signature.domain(), signature.selector(), signature.algorithm(),
                checked.reason());
    }

    private Checked check(RawMail mail, MailHash hash, RawMail.Field field, SignatureTags signature, Instant received)
            throws TagList.Malformed {
        String identity = identityDomain(signature);
        checkQuery(signature.tags());
        Optional<Long> expires = signature.tags().number("x");
        if (expires.isPresent() && signature.signedAt().isPresent() && expires.get() <= signature.signedAt().get()) {
            throw new TagList.Malformed("the signature expires before it was made");
        }
        List<String> names = signature.headers();
        long unsigned = mail.fields("from").size() - names.stream().filter("from"::equals).count();
        if (unsigned > 0) {
            // RFC 6376 section 8.15: a From that was put above the signed one is the one that people see
            return Checked.fail("the mail has a From that is not signed");
        }
        if (expires.isPresent() && expires.get() < received.getEpochSecond()) {
            return Checked.fail("the signature had expired when the mail came in");
        }
        Checked body = body(hash, signature, signature.bodyForm());
        if (!body.passed()) {
            return body;
        }
        Checked header = keys.check(signature, hash.header(names, signature.headerForm(), field), identity);
        return header.passed() ? body : header;
    }

    /** The hash of the body; a pass has a remark if only a part of the body is signed (RFC 6376 section 8.2). */
    static Checked body(MailHash hash, SignatureTags signature, Canonicalization form) throws TagList.Malformed {
        byte[] said = signature.tags().base64("bh");
        Optional<Long> length = signature.bodyLength();
        Optional<byte[]> real = hash.body(form, length);
        if (real.isEmpty()) {
            return Checked.permanent("l= is longer than the body");
        }
        if (!MessageDigest.isEqual(said, real.get())) {
            return Checked.fail("the body is not the one that was signed");
        }
        return length.isEmpty()
                ? Checked.pass()
                : new Checked(DkimResult.PASS, "only the first " + length.get() + " bytes of the body are signed");
    }

    /** The domain of {@code i=}, which must be the signing domain or below it (RFC 6376 section 3.5). */
    private static String identityDomain(SignatureTags signature) throws TagList.Malformed {
        String identity = signature.tags().get("i");
        if (identity == null) {
            return signature.domain();
        }
        int at = identity.lastIndexOf('@');
        String domain = DomainName.ascii(TagList.trim(identity.substring(at + 1))).orElse("");
        if (at < 0 || !DomainName.isSameOrBelow(domain, signature.domain())) {
            throw new TagList.Malformed("the identity i= is not of the signing domain");
        }
        return domain;
    }

    private static void checkQuery(TagList tags) throws TagList.Malformed {
        String query = tags.get("q");
        if (query != null && !List.of(query.toLowerCase(Locale.ROOT).split("[ \t\r\n]*:[ \t\r\n]*"))
                .contains("dns/txt")) {
            throw new TagList.Malformed("the key is not to be found by dns/txt");
        }
    }
}
