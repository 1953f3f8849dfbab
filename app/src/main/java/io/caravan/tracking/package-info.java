/**
 * The public links that stand in mails: unsubscribe, preferences, view in the browser.
 *
 * <p>Begin at {@link io.caravan.tracking.UnsubscribePage}. Everybody on earth may call, so nothing here needs a session or sets a cookie,
 * each link carries its own seal, and GET never changes anything (mail scanners open every link). What it needs to know and do it asks
 * through the ports {@link io.caravan.tracking.Unsubscribe} and {@link io.caravan.tracking.ViewedMail}.
 */
@NullMarked
package io.caravan.tracking;

import org.jspecify.annotations.NullMarked;
