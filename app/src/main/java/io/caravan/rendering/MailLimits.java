package io.caravan.rendering;

import java.time.Duration;

/**
 * How much a mailing may be.
 *
 * @param templateBytes longest template, in UTF-8 bytes
 * @param mailBytes     longest finished mail, with attachments encoded
 * @param attachments   most attachments and inline images together
 * @param elements      most elements in a template
 * @param nesting       deepest nesting of elements
 * @param loops         most turns of all {@code th:each} of one mail
 * @param time          longest that the rendering of one mail may take
 */
public record MailLimits(int templateBytes, int mailBytes, int attachments, int elements, int nesting, int loops,
        Duration time) {

    public static final MailLimits DEFAULT = new MailLimits(512 * 1024, 10 * 1024 * 1024, 50, 20_000, 100, 20_000,
            Duration.ofSeconds(2));
}
