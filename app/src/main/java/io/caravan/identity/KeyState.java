package io.caravan.identity;

import java.util.Locale;

/** Where a key stands in its life; each state follows from its moments. */
public enum KeyState {

    /** Made and not used yet: its record is to be published. */
    NEW,
    /** Signs new mail, or will in a few seconds. */
    ACTIVE,
    /** Another took its place. It signs what is tried again as long as that may be, and its record must stay for some days longer. */
    REPLACED,
    /** Its secret is gone. Its record may go, too. */
    RETIRED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
