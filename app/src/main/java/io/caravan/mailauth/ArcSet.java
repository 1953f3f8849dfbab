package io.caravan.mailauth;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** What one host added to a chain: three fields of one number (RFC 8617 section 4.2). */
final class ArcSet {

    static final String SEAL = "arc-seal";
    static final String MESSAGE_SIGNATURE = "arc-message-signature";
    static final String RESULTS = "arc-authentication-results";
    static final int MOST = 50;

    private static final Pattern INSTANCE = Pattern.compile("\\d{1,2}");

    private RawMail.@Nullable Field seal;
    private RawMail.@Nullable Field messageSignature;
    private RawMail.@Nullable Field results;
    private @Nullable TagList sealTags;
    private @Nullable TagList messageTags;

    /** The sets of a mail by their numbers, from 1 without a gap. @throws TagList.Malformed if they are not so */
    static List<ArcSet> of(RawMail mail) throws TagList.Malformed {
        List<RawMail.Field> fields = mail.fields().stream()
                .filter(field -> List.of(SEAL, MESSAGE_SIGNATURE, RESULTS).contains(field.name())).toList();
        if (fields.size() > MOST * 3) {
            throw new TagList.Malformed("more than " + MOST + " sets");
        }
        SortedMap<Integer, ArcSet> sets = new TreeMap<>();
        for (RawMail.Field field : fields) {
            if (field.name().equals(RESULTS)) {
                set(sets, ArcInstance.of(field.value()), field).addResults(field);
            } else {
                TagList tags = TagList.parse(field.value());
                set(sets, tags.get("i", ""), field).addSigned(field, tags);
            }
        }
        if (!sets.isEmpty() && sets.lastKey() != sets.size()) {
            throw new TagList.Malformed(
                    "there are " + sets.size() + " sets, but the last has number " + sets.lastKey());
        }
        for (ArcSet set : sets.values()) {
            set.mustBeWhole();
        }
        return List.copyOf(sets.values());
    }

    private static ArcSet set(SortedMap<Integer, ArcSet> sets, String number, RawMail.Field field)
            throws TagList.Malformed {
        int instance = INSTANCE.matcher(number).matches() ? Integer.parseInt(number) : 0;
        if (instance < 1 || instance > MOST) {
            throw new TagList.Malformed("a field " + field.name() + " has no number from 1 to " + MOST);
        }
        return sets.computeIfAbsent(instance, any -> new ArcSet());
    }

    private void addResults(RawMail.Field field) throws TagList.Malformed {
        if (results != null) {
            throw twice(field);
        }
        results = field;
    }

    private void addSigned(RawMail.Field field, TagList tags) throws TagList.Malformed {
        boolean isSeal = field.name().equals(SEAL);
        if ((isSeal ? seal : messageSignature) != null) {
            throw twice(field);
        }
        if (isSeal) {
            seal = field;
            sealTags = tags;
        } else {
            messageSignature = field;
            messageTags = tags;
        }
    }

    private static TagList.Malformed twice(RawMail.Field field) {
        return new TagList.Malformed("a set has " + field.name() + " twice");
    }

    private void mustBeWhole() throws TagList.Malformed {
        if (seal == null || messageSignature == null || results == null) {
            throw new TagList.Malformed("a set has not all its three fields");
        }
    }

    RawMail.Field seal() {
        return there(seal);
    }

    RawMail.Field messageSignature() {
        return there(messageSignature);
    }

    RawMail.Field results() {
        return there(results);
    }

    TagList sealTags() {
        return there(sealTags);
    }

    TagList messageTags() {
        return there(messageTags);
    }

    private static <T> T there(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("a set that is not whole");
        }
        return part;
    }
}
