package io.caravan.mailauth;

/**
 * A key that may sign.
 *
 * @param domain   {@code d=}, an A-label in lower case
 * @param selector {@code s=}; the public half is published at {@code SELECTOR._domainkey.DOMAIN}
 * @param pkcs8    the secret half
 */
public record SigningKey(String domain, String selector, SigningAlgorithm algorithm, byte[] pkcs8) {
}
