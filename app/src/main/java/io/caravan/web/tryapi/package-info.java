/**
 * The page to try calls of the API: made from the same description that programs read at {@code /v3/api-docs}.
 *
 * <p>Begin at {@link io.caravan.web.tryapi.TryApiPage}. The browser sends the call itself, as the person who is logged in; nothing here
 * calls the API.
 */
@NullMarked
package io.caravan.web.tryapi;

import org.jspecify.annotations.NullMarked;
