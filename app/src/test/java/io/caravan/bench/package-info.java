/**
 * Benchmarks: each prints ratios against a public peer in the same run, and asserts nothing. Run them with {@code mvn -Pbench verify}; the
 * figures stand in BENCHMARKS.md.
 */
package io.caravan.bench;
