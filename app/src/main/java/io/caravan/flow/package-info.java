/**
 * The corridor: what {@code routes/*.camel.yaml} call, and where two rooms meet.
 *
 * <p>The steps are the beans that {@code routes/README.md} names; {@link io.caravan.flow.RouteApi} holds the list. Two loops live here, a class
 * each: {@link io.caravan.flow.Pump} claims, {@link io.caravan.flow.Recorder} settles; {@link io.caravan.flow.NodeLife} is the node that they
 * run on. The only room that imports Camel. It holds no SQL and parses nothing: if a bean grows, a room below lacks a verb.
 */
@NullMarked
package io.caravan.flow;

import org.jspecify.annotations.NullMarked;
