/**
 * The pages for people, and who may come in through any HTTP door.
 *
 * <p>Begin at {@link io.caravan.web.DoorSecurity} (what is open, what needs the token), {@link io.caravan.web.OverviewPage} and
 * {@link io.caravan.web.MailboxPages}. What the overview shows comes through the port {@link io.caravan.web.Overview}. It holds no rule of
 * the product: controllers only call, and a mail's markup never reaches a page but inside a sandboxed frame.
 */
@NullMarked
package io.caravan.web;

import org.jspecify.annotations.NullMarked;
