package io.caravan.mailauth;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the signatures of one mail are made over: hashes of its body, and the fields they name in canonical form. */
final class MailHash {

    private final RawMail mail;
    private final Map<String, Optional<byte[]>> bodies = new HashMap<>();
    private final Map<String, List<RawMail.Field>> byName = new HashMap<>();

    MailHash(RawMail mail) {
        this.mail = mail;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The SHA-256 of the canonical body, or of its first bytes. @return empty if the body is shorter than that (RFC 6376 section 3.5, l=) */
    Optional<byte[]> body(Canonicalization form, Optional<Long> length) {
        return bodies.computeIfAbsent(form + " " + length, any -> hashed(form, length));
    }

    private Optional<byte[]> hashed(Canonicalization form, Optional<Long> length) {
        MessageDigest digest = sha256();
        long[] left = {length.orElse(Long.MAX_VALUE)};
        CanonicalBody body = form.body((bytes, offset, count) -> {
            int take = (int) Math.min(count, left[0]);
            digest.update(bytes, offset, take);
            left[0] -= take;
        });
        body.update(mail.bytes(), mail.body(), mail.bytes().length - mail.body());
        long total = body.finish();
        return length.isPresent() && length.get() > total ? Optional.empty() : Optional.of(digest.digest());
    }

    /**
     * The fields that a signature names, from the last of each name upwards, and the signature's own field with an empty {@code b=} (RFC 6376
     * sections 3.7 and 5.4.2). A name without a field left adds nothing.
     */
    byte[] header(List<String> names, Canonicalization form, RawMail.Field own) {
        Map<String, Integer> left = new HashMap<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String name : names) {
            List<RawMail.Field> all = byName().getOrDefault(name, List.of());
            int next = left.getOrDefault(name, all.size()) - 1;
            if (next >= 0 && all.get(next) == own) {
                next--;
            }
            left.put(name, next);
            if (next >= 0) {
                add(out, all.get(next), form);
            }
        }
        addUnsigned(out, own, form);
        return out.toByteArray();
    }

    private Map<String, List<RawMail.Field>> byName() {
        if (byName.isEmpty()) {
            mail.fields().forEach(field -> byName.computeIfAbsent(field.name(), any -> new ArrayList<>()).add(field));
        }
        return byName;
    }

    static void add(ByteArrayOutputStream out, RawMail.Field field, Canonicalization form) {
        int length = field.to() - field.from();
        byte[] room = new byte[Canonicalization.room(length)];
        out.write(room, 0, form.field(field.bytes(), field.from(), field.to(), room, 0));
    }

    /** A signature's own field: its {@code b=} is empty, and no line end follows. */
    static void addUnsigned(ByteArrayOutputStream out, RawMail.Field field, Canonicalization form) {
        byte[] bytes = withoutSignature(field);
        byte[] room = new byte[Canonicalization.room(bytes.length)];
        out.write(room, 0, form.lastField(bytes, 0, bytes.length, room, 0));
    }

    private static byte[] withoutSignature(RawMail.Field field) {
        byte[] bytes = field.bytes();
        int from = field.from();
        while (bytes[from] != ':') {
            from++;
        }
        for (int tag = from + 1; tag < field.to();) {
            int end = tag;
            int equals = -1;
            while (end < field.to() && bytes[end] != ';') {
                equals = equals < 0 && bytes[end] == '=' ? end : equals;
                end++;
            }
            if (equals >= 0 && isB(bytes, tag, equals)) {
                byte[] out = new byte[equals + 1 - field.from() + field.to() - end];
                System.arraycopy(bytes, field.from(), out, 0, equals + 1 - field.from());
                System.arraycopy(bytes, end, out, equals + 1 - field.from(), field.to() - end);
                return out;
            }
            tag = end + 1;
        }
        return Arrays.copyOfRange(bytes, field.from(), field.to());
    }

    private static boolean isB(byte[] bytes, int from, int to) {
        int letters = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] == 'b') {
                letters++;
            } else if (bytes[i] > ' ' || bytes[i] < 0) {
                return false;
            }
        }
        return letters == 1;
    }
}
