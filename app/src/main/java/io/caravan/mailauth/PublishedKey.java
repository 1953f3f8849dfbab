package io.caravan.mailauth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A key of ours as receivers find it in the DNS. It is judged by what they go by: one TXT record (RFC 6376 section 3.6.2.2) whose tags let
 * it verify mail (section 3.6.1, RFC 8301, RFC 8463), and whose key is ours.
 *
 * <p>The flag {@code t=s} suits: our signatures have no {@code i=}, so their identity is of the signing domain itself (section 3.5).
 */
public final class PublishedKey {

    private PublishedKey() {
    }

    /**
     * Why receivers could not verify mail that the key signs.
     *
     * @param records   the TXT records of the key's name, the strings of each joined, one character per byte
     * @param published {@code p=} of the record as it should be: base64, without white space
     * @return words that go on from the record's name, as in "there is none"; empty: they can
     */
    public static Optional<String> fault(List<String> records, SigningAlgorithm algorithm, String published) {
        if (records.isEmpty()) {
            return Optional.of("there is no TXT record");
        }
        if (records.size() > 1) {
            return Optional.of("there are " + records.size()
                    + " TXT records, and which one a receiver takes is chance (RFC 6376 section 3.6.2.2)");
        }
        try {
            return fault(records.getFirst(), algorithm, published);
        } catch (TagList.Malformed e) {
            return Optional.of("the TXT record is no use to receivers: " + e.why());
        }
    }

    private static Optional<String> fault(String record, SigningAlgorithm algorithm, String published)
            throws TagList.Malformed {
        TagList tags = TagList.parse(record);
        String type = tags.get("k", "rsa");
        if (tags.has("p") && !tags.get("p", "").isEmpty() && !type.equals(algorithm.word())) {
            return Optional.of("the TXT record is for keys of type '" + MacroString.printable(type) + "'"
                    + (tags.has("k") ? "" : ", since it has no k=") + ", and this key's is " + algorithm.word());
        }
        DkimKey.parse(record);
        return MessageDigest.isEqual(tags.base64("p"), Base64.getDecoder().decode(published))
                ? Optional.empty()
                : Optional.of("the TXT record is of another key");
    }
}
