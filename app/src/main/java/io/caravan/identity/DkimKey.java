package io.caravan.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/**
 * A key of a domain.
 *
 * @param algorithm  {@code rsa} or {@code ed25519}
 * @param published  {@code p=} of its record
 * @param sealed     the secret half as it was given; null once retired
 * @param signsFrom  mail dated from then on; null: not yet
 * @param signsUntil mail dated before; null: no end
 * @param unsignedFrom since when, by the owner's word, mail that the end of this key would hold leaves unsigned; null: it waits for a key
 * @param named      true: the selector is its own; null: a later key took it, and this one only tells that mail of its span is signed
 */
@Table("dkim_key")
public record DkimKey(@Id long id, String domain, String selector, String algorithm, String published,
        byte @Nullable [] sealed, Instant createdAt, @Nullable Instant signsFrom, @Nullable Instant signsUntil,
        @Nullable Instant retiredAt, @Nullable Instant unsignedFrom, @Nullable Boolean named) {

    /** A key to be. */
    public record New(String domain, String selector, String algorithm, String published, byte[] sealed) {
    }

    /** @param now by the database's clock */
    public KeyState state(Instant now) {
        if (retiredAt != null) {
            return KeyState.RETIRED;
        }
        if (signsFrom == null) {
            return KeyState.NEW;
        }
        return signsUntil == null || signsUntil.isAfter(now) ? KeyState.ACTIVE : KeyState.REPLACED;
    }

    /** True if mail of this date is its to sign, or was before it was retired. */
    public boolean signs(Instant dated) {
        return signsFrom != null && !dated.isBefore(signsFrom) && (signsUntil == null || dated.isBefore(signsUntil));
    }

    /**
     * True if it may sign what is sent now: in its turn, and after that as long as mail of its turn is tried again.
     *
     * @param tried how long a mail is tried
     */
    public boolean isInUse(Instant now, Duration tried) {
        return sealed != null && signsFrom != null
                && (signsUntil == null || signsUntil.isAfter(signsFrom) && now.isBefore(signsUntil.plus(tried)));
    }

    /** True if its turn had begun by then, whatever became of it; false also for one that was retired before its turn. */
    public boolean begunBy(Instant dated) {
        return signsFrom != null && !dated.isBefore(signsFrom)
                && (signsUntil == null || signsUntil.isAfter(signsFrom));
    }

    /**
     * True if new mail of a domain waits, by {@link #lacksKey}.
     *
     * @param all the domain's keys
     * @param now by the database's clock
     */
    public static boolean holdsMail(List<DkimKey> all, Instant now) {
        return lacksKey(all, all.stream().filter(key -> key.state(now) == KeyState.ACTIVE).toList(), now);
    }

    /**
     * True if mail of a date may not leave with no other signatures than these: a key had begun by then and none is among them, or an RSA key had
     * and none of RSA is, since signers must use that (RFC 8301 section 3.1) and many receivers verify nothing else; and the owner did not say that it goes without.
     *
     * @param all     the domain's keys
     * @param signing those of them that sign the mail
     */
    public static boolean lacksKey(List<DkimKey> all, List<DkimKey> signing, Instant dated) {
        return signing.stream().noneMatch(DkimKey::isRsa) && all.stream().filter(DkimKey::isRsa)
                .anyMatch(key -> key.isAwaited(dated))
                || signing.isEmpty() && all.stream().anyMatch(key -> key.isAwaited(dated));
    }

    private boolean isAwaited(Instant dated) {
        return begunBy(dated) && unsignedFrom == null;
    }

    public boolean isRsa() {
        return algorithm.equals("rsa");
    }

    /** False if a later key took its selector. */
    public boolean isNamed() {
        return named != null;
    }

    /** Where its record stands in the DNS. */
    public String name() {
        return name(selector, domain);
    }

    /** The same of a key to be. */
    public static String name(String selector, String domain) {
        return selector + "._domainkey." + domain;
    }

    /** What its record says (RFC 6376 section 3.6.1). */
    public String record() {
        return "v=DKIM1; k=" + algorithm + "; p=" + published;
    }
}
