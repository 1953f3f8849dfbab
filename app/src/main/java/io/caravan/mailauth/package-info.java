/**
 * Who vouches for a mail: the canonical forms that DKIM signs, and the checks of a stored mail by SPF (RFC 7208), DKIM (RFC 6376, 8301,
 * 8463), DMARC (RFC 9989) and ARC (RFC 8617).
 *
 * <p>Begin at {@link io.caravan.mailauth.Canonicalization} (bytes as they are hashed), {@link io.caravan.mailauth.DkimSigner} (signs a mail
 * with the keys that it is given; {@link io.caravan.mailauth.SigningProvider} says who computes) and {@link io.caravan.mailauth.Verification} (all
 * checks of one {@link io.caravan.mailauth.RawMail}). Names are looked up through one port only, {@link io.caravan.mailauth.Names}: the DNS behind
 * it is {@link io.caravan.mailauth.DnsNames}, a zone file {@link io.caravan.mailauth.ZoneNames}.
 *
 * <p>It never sends, never stores (a secret key is sealed by {@link io.caravan.mailauth.KeySeal} and kept elsewhere), never changes a mail that it reads, and throws nothing for a mail or a record that is broken: what is
 * wrong is a result with its reason.
 */
@NullMarked
package io.caravan.mailauth;

import org.jspecify.annotations.NullMarked;
