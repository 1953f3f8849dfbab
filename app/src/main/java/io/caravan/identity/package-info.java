/**
 * Sending identities' keys: which DKIM keys a domain has, and in which span of time each one signs.
 *
 * <p>Begin at {@link io.caravan.identity.DkimKeys} (add, activate, retire, sign no more, read). A key signs mail by the mail's own date, so that a second
 * attempt is signed by the same key as the first, whatever was activated between them.
 *
 * <p>It keeps secret keys sealed and cannot open them; it never signs, and never asks the DNS.
 */
@NullMarked
package io.caravan.identity;

import org.jspecify.annotations.NullMarked;
