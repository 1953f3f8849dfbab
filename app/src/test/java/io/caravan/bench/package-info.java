/**
 * Benchmarks: each prints ratios against a public peer in the same run, and asserts nothing. Run one with {@code mvn -Pbench verify
 * -Dbench=Road}, all that a {@link io.caravan.bench.Bar} is set for with {@code -Dbench=Bars}; the figures stand in BENCHMARKS.md. Begin
 * with {@link io.caravan.bench.RoadBench}: contenders take turns in {@link io.caravan.bench.Rounds}, and what they bring goes into
 * {@link io.caravan.bench.Figures}. What a machine lacks is {@link io.caravan.bench.NotHere}, never a number.
 */
package io.caravan.bench;
