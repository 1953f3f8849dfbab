/**
 * The verbs of the command line. Data goes to standard output, progress and logs to standard error.
 *
 * <p>Begin at {@link io.caravan.cli.Caravan}; each verb is one class. Verbs that only read or change the ledgers work beside a running
 * server or without one, through {@link io.caravan.cli.Ledgers}. What starts Spring is behind {@link io.caravan.cli.Launcher}, since
 * wiring is a floor above. This room never holds a rule of the trade: it parses, calls and prints.
 */
@NullMarked
package io.caravan.cli;

import org.jspecify.annotations.NullMarked;
