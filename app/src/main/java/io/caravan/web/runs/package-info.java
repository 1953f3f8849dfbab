/**
 * Pages of runs: how one stands and what holds it, its people, and each of them alone with the reasons and the mail as it was sent.
 *
 * <p>Begin at {@link io.caravan.web.runs.RunPage} and {@link io.caravan.web.runs.PeoplePage}. They never read a run: counts are kept beside its rows, and a page of people
 * looks at 450 rows at most and says how far it came.
 */
@NullMarked
package io.caravan.web.runs;

import org.jspecify.annotations.NullMarked;
