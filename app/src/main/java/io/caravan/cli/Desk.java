package io.caravan.cli;

import java.io.PrintWriter;
import java.util.List;

/**
 * What every verb has at hand.
 *
 * @param properties Spring's arguments, wherever they stood on the command line
 * @param out        for data
 * @param err        for progress and complaints
 */
public record Desk(Launcher launcher, List<String> properties, PrintWriter out, PrintWriter err) {
}
