package io.caravan.flow;

import java.time.Duration;

/**
 * How long things are kept.
 *
 * @param ledger  the rows of a run, from its end
 * @param drop    what was put away in the drop folder, in whole days (UTC)
 * @param mailbox a mail in the built-in mailbox
 */
public record Keeping(Duration ledger, Duration drop, Duration mailbox) {
}
