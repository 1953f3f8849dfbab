/**
 * {@code /identities}: whose mail is signed with which keys, the records to publish, and the turns of keys.
 *
 * <p>Begin at {@link io.caravan.web.identities.IdentitiesPage} (what is shown) and {@link io.caravan.web.identities.KeyActions} (what is done).
 * It never shows a secret key.
 */
@NullMarked
package io.caravan.web.identities;

import org.jspecify.annotations.NullMarked;
