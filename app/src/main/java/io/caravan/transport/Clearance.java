package io.caravan.transport;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;

/** The last question before an envelope, and again before content: may this mail still go? */
final class Clearance {

    private static final long GOOD_FOR_NANOS = 1_000_000_000L;

    private final LastLook lastLook;
    private volatile boolean stopping;

    Clearance(LastLook lastLook) {
        this.lastLook = lastLook;
    }

    void stop() {
        stopping = true;
    }

    /** Why it must not go; null: it may. */
    @Nullable
    DeliveryResult objection(Cleared cleared) {
        if (stopping) {
            return Transport.STOPPING;
        }
        try {
            if (!lastLook.mayStart()) {
                return new DeliveryResult.NotTried(
                        "this node may start nothing now: its lease or its suppression feed is not fresh");
            }
            String why = System.nanoTime() - cleared.checkedAtNanos() > GOOD_FOR_NANOS
                    ? lastLook.suppressed(cleared)
                    : null;
            return why == null ? null : new DeliveryResult.Suppressed(why);
        } catch (RuntimeException e) {
            return new DeliveryResult.NotTried("the last look at the suppressions failed: " + e.getMessage());
        }
    }
}
