package io.caravan.shaping;

import java.util.Locale;

import io.caravan.mail.BounceClass;

/** What a refusal is about. As a permanent answer (5xx) it is a bounce of the class that it names; as a temporary one it is a deferral. */
public enum ReplyKind {
    /** The address is no good and will not be. The only kind that suppresses a person. */
    HARD(BounceClass.HARD),
    /** The mailbox at this time: full, switched off, not for this mail. */
    SOFT(BounceClass.SOFT),
    /** A rule of theirs that this sender or mail does not meet. */
    POLICY(BounceClass.POLICY),
    /** Our address, network or domain is not welcome. */
    BLOCKED(BounceClass.POLICY),
    /** We did not show who we are: SPF, DKIM, DMARC, reverse DNS, a login. */
    AUTH(BounceClass.POLICY),
    /** What the mail holds. */
    CONTENT(BounceClass.POLICY),
    /** Too much or too fast: the lane slows down. */
    THROTTLE(BounceClass.POLICY),
    /** First contact is put off on principle; says nothing of our standing. */
    GREYLIST(BounceClass.SOFT),
    /** Their system or network has a fault. */
    SYSTEM(BounceClass.SOFT);

    private final BounceClass bounceClass;

    ReplyKind(BounceClass bounceClass) {
        this.bounceClass = bounceClass;
    }

    public BounceClass bounceClass() {
        return bounceClass;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
