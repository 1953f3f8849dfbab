/**
 * The built-in mailbox: where mail goes in the sandbox, kept as it was sent.
 *
 * <p>Begin at {@link io.caravan.mailbox.Mailbox}; {@link io.caravan.mailbox.MailSearch} finds by what {@link io.caravan.mailbox.MailQuery}
 * understands, and {@link io.caravan.mailbox.StoredMail} takes a mail apart when somebody looks at it. Keeping parses nothing: that would
 * cost every recipient. It never sends.
 */
@NullMarked
package io.caravan.mailbox;

import org.jspecify.annotations.NullMarked;
