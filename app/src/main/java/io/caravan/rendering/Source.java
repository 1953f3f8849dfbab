package io.caravan.rendering;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a mailing is made of. At least one of {@code html} and {@code text} is there.
 *
 * @param campaign its name, {@code ${campaign.name}}
 * @param from     the header From as written
 * @param text     null: made from the HTML
 * @param inline   by content id, {@code cid:logo}
 * @param vars     scalars, and lists and maps of them
 * @param tags     {@code ${campaign.tags.season}}
 */
public record Source(String campaign, String from, @Nullable String replyTo, String subject, @Nullable Part html,
        @Nullable Part text,
        List<Attachment> attachments, Map<String, Attachment> inline, Map<String, Object> vars,
        Map<String, String> tags) {
}
