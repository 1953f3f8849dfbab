package io.caravan.mailauth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What a DKIM-Signature, an ARC-Message-Signature and an ARC-Seal have in common: who signed, how, and the signature (RFC 6376 section 3.5).
 *
 * @param domain {@code d=} as A-label, lower case
 */
record SignatureTags(TagList tags, String algorithm, String domain, String selector, byte[] signature,
        Optional<Long> signedAt) {

    static SignatureTags of(TagList tags) throws TagList.Malformed {
        String algorithm = tags.need("a");
        byte[] signature = tags.base64("b");
        return new SignatureTags(tags, algorithm, domain(tags, "d"), domain(tags, "s"), signature, tags.number("t"));
    }

    private static String domain(TagList tags, String name) throws TagList.Malformed {
        String written = tags.need(name);
        return DomainName.ascii(written).filter(DomainName::isHostLike)
                .orElseThrow(() -> new TagList.Malformed(
                        "the tag " + name + "= is no domain name: '" + MacroString.printable(written) + "'"));
    }

    /** Where the key is (RFC 6376 section 3.6.2.1). */
    String keyName() {
        return selector + "._domainkey." + domain;
    }

    /** The fields that are signed, lower case, in the order of {@code h=}. */
    List<String> headers() throws TagList.Malformed {
        List<String> names = Stream.of(tags.need("h").split(":", -1))
                .map(name -> TagList.trim(name).toLowerCase(Locale.ROOT)).toList();
        if (names.stream().anyMatch(name -> name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c > 0x7e))) {
            throw new TagList.Malformed("the tag h= has something that is no field name");
        }
        if (!names.contains("from")) {
            throw new TagList.Malformed("the signature does not cover From");
        }
        return names;
    }

    Canonicalization headerForm() throws TagList.Malformed {
        return form(forms()[0]);
    }

    Canonicalization bodyForm() throws TagList.Malformed {
        String[] forms = forms();
        return forms.length < 2 ? Canonicalization.SIMPLE : form(forms[1]);
    }

    private String[] forms() throws TagList.Malformed {
        return (tags.has("c") ? tags.need("c") : "simple/simple").split("/", -1);
    }

    private static Canonicalization form(@Nullable String name) throws TagList.Malformed {
        return switch (name) {
            case "simple" -> Canonicalization.SIMPLE;
            case "relaxed" -> Canonicalization.RELAXED;
            case null, default -> throw new TagList.Malformed("the tag c= names a form that nobody knows");
        };
    }

    /** Bytes of the canonical body that are signed; empty: all. */
    Optional<Long> bodyLength() throws TagList.Malformed {
        return tags.number("l");
    }
}
