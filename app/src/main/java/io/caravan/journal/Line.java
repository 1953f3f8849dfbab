package io.caravan.journal;

import java.time.Instant;

import io.caravan.mail.DeliveryResult;

/** How far one attempt came, as the journal knows it. */
public sealed interface Line {

    /** 1, 2, 3: an attempt goes from one line to the next and never back. */
    default int stage() {
        return switch (this) {
            case Ready() -> 1;
            case Dot _ -> 2;
            case Replied _ -> 3;
        };
    }

    /** The mail was finished and may have left the queue. */
    record Ready() implements Line {
    }

    /** The final dot was about to go out to {@code host} at that time (milliseconds): from here on only a reply tells. */
    record Dot(Instant at, String host) implements Line {
    }

    /** The attempt came to this. */
    record Replied(DeliveryResult result) implements Line {
    }
}
