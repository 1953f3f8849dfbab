package io.caravan.flow;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Rate;
import io.caravan.shaping.DailyQuota;

/**
 * Who sends: a sending identity and what hangs on it.
 *
 * @param domain     of the header From
 * @param returnPath the domain of the envelope sender
 * @param listId     what List-Id says instead of {@code LIST.DOMAIN}
 * @param feedbackId the sender part of Feedback-ID
 * @param relay      a route that overrules the general one
 */
public record Identity(String name, String domain, String returnPath, @Nullable String listId, String feedbackId,
        @Nullable String relay,
        @Nullable Rate rate, @Nullable DailyQuota quota) {

    /** A From domain without an entry is an identity of its own name. */
    public static Identity plain(String domain) {
        return new Identity(domain, domain, "bounces." + domain, null, domain, null, null, null);
    }
}
