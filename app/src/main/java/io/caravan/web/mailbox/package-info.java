/**
 * The pages of the built-in mailbox.
 *
 * <p>Begin at {@link io.caravan.web.mailbox.MailboxPage} (the list and its search) and {@link io.caravan.web.mailbox.MessagePage} (one
 * mail). A mail's own markup is only ever served alone, under a policy of its own, for a sandboxed frame.
 */
@NullMarked
package io.caravan.web.mailbox;

import org.jspecify.annotations.NullMarked;
