package io.caravan.rendering;

import java.time.Instant;
import java.util.Map;

/**
 * What makes one mail its recipient's own beside the person's data. The same at every attempt.
 *
 * @param messageId       with angle brackets
 * @param date            the header Date
 * @param unsubscribe     {@code ${links.unsubscribe}}
 * @param view            {@code ${links.view}}
 * @param preferences     {@code ${links.preferences}}
 * @param listId          List-Id (RFC 2919), with or without angle brackets; {@code ""}: no header
 * @param listUnsubscribe the value of List-Unsubscribe (RFC 2369); {@code ""}: none, and no List-Unsubscribe-Post (RFC 8058) either
 * @param feedbackId      Feedback-ID; {@code ""}: no header
 * @param extraHeaders    by name, none of those that this room writes itself
 */
public record Marks(String messageId, Instant date, String unsubscribe, String view, String preferences, String listId,
        String listUnsubscribe, String feedbackId, Map<String, String> extraHeaders) {
}
