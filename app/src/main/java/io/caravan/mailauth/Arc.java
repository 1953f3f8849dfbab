package io.caravan.mailauth;

import java.io.ByteArrayOutputStream;
import java.util.List;

import io.caravan.mailauth.SignatureKeys.Checked;

/** Validates the chain of hosts that handled a mail (RFC 8617 section 5.2). */
public final class Arc {

    private final SignatureKeys keys;

    public Arc(Names names) {
        keys = new SignatureKeys(names);
    }

    /**
     * @param sets   how many hosts are in the chain
     * @param sealer the domain that sealed last, empty if it could not be read
     * @param reason empty for a pass
     */
    public record Verdict(ArcResult result, int sets, String sealer, String reason) {
    }

    public Verdict check(RawMail mail) {
        List<ArcSet> sets;
        try {
            sets = ArcSet.of(mail);
        } catch (TagList.Malformed e) {
            return new Verdict(ArcResult.FAIL, 0, "", e.why());
        }
        if (sets.isEmpty()) {
            return new Verdict(ArcResult.NONE, 0, "", "");
        }
        String sealer = DomainName.ascii(sets.getLast().sealTags().get("d", "")).orElse("");
        Checked checked;
        try {
            checked = check(mail, sets);
        } catch (TagList.Malformed e) {
            checked = Checked.permanent(e.why());
        }
        ArcResult result = switch (checked.result()) {
            case PASS -> ArcResult.PASS;
            case TEMPERROR -> ArcResult.TEMPERROR;
            case FAIL, PERMERROR, NONE -> ArcResult.FAIL;
        };
        return new Verdict(result, sets.size(), sealer, checked.reason());
    }

    private Checked check(RawMail mail, List<ArcSet> sets) throws TagList.Malformed {
        for (int i = sets.size(); i >= 1; i--) {
            checkStated(sets.get(i - 1).sealTags(), i);
        }
        Checked message = messageSignature(mail, sets.getLast());
        if (!message.passed()) {
            return new Checked(message.result(), "ARC-Message-Signature " + sets.size() + ": " + message.reason());
        }
        for (int i = sets.size(); i >= 1; i--) {
            Checked seal = seal(sets.subList(0, i));
            if (!seal.passed()) {
                return new Checked(seal.result(), "ARC-Seal " + i + ": " + seal.reason());
            }
        }
        return Checked.pass();
    }

    /** What each host said of the chain before it: none for the first, pass for the others; fail ends a chain for good. */
    private static void checkStated(TagList seal, int instance) throws TagList.Malformed {
        String stated = seal.need("cv");
        if (!stated.equals(instance == 1 ? "none" : "pass")) {
            throw new TagList.Malformed("ARC-Seal " + instance + " says cv=" + MacroString.printable(stated));
        }
        if (seal.has("h")) {
            throw new TagList.Malformed("ARC-Seal " + instance + " has the tag h=, which is not its own to choose");
        }
    }

    private Checked messageSignature(RawMail mail, ArcSet last) throws TagList.Malformed {
        SignatureTags signature = SignatureTags.of(last.messageTags());
        List<String> names = signature.headers();
        if (names.contains(ArcSet.SEAL)) {
            throw new TagList.Malformed("it covers ARC-Seal (section 4.1.2)");
        }
        if (mail.fields("from").size() > names.stream().filter("from"::equals).count()) {
            return Checked.fail("the mail has a From that is not signed");
        }
        if (last.messageTags().has("c")) {
            return signed(mail, last, signature, signature.headerForm(), signature.bodyForm());
        }
        // DKIM's default is simple, but those who sign chains, and their own suite, leave c= out for relaxed: either will do
        Checked relaxed = signed(mail, last, signature, Canonicalization.RELAXED, Canonicalization.RELAXED);
        return relaxed.passed()
                ? relaxed
                : signed(mail, last, signature, Canonicalization.SIMPLE, Canonicalization.SIMPLE);
    }

    private Checked signed(RawMail mail, ArcSet last, SignatureTags signature, Canonicalization headerForm,
            Canonicalization bodyForm) throws TagList.Malformed {
        MailHash hash = new MailHash(mail);
        Checked body = Dkim.body(hash, signature, bodyForm);
        return body.passed()
                ? keys.check(signature,
                        hash.header(signature.headers(), headerForm, last.messageSignature()), signature.domain())
                : body;
    }

    /** A seal is over all fields of the sets up to its own, in order, its own last (section 5.1.1). */
    private Checked seal(List<ArcSet> sets) throws TagList.Malformed {
        SignatureTags signature = SignatureTags.of(sets.getLast().sealTags());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (ArcSet set : sets) {
            MailHash.add(data, set.results(), Canonicalization.RELAXED);
            MailHash.add(data, set.messageSignature(), Canonicalization.RELAXED);
            if (set == sets.getLast()) {
                MailHash.addUnsigned(data, set.seal(), Canonicalization.RELAXED);
            } else {
                MailHash.add(data, set.seal(), Canonicalization.RELAXED);
            }
        }
        return keys.check(signature, data.toByteArray(), signature.domain());
    }
}
