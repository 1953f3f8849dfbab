/**
 * The built-in mailbox: where mail goes in the sandbox, kept as it was sent.
 *
 * <p>Begin at {@link io.caravan.mailbox.Mailbox}. It keeps bytes and a line for the list; it never parses a mail and never sends one.
 */
@NullMarked
package io.caravan.mailbox;

import org.jspecify.annotations.NullMarked;
