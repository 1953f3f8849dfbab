package io.caravan.flow;

import java.util.List;

/**
 * How many people a campaign would mail.
 *
 * @param audience   all of the list or file
 * @param suppressed of them, who must not be mailed
 * @param excluded   of them, who were left out by name
 * @param about      the two above are reckoned from a sample: the audience is too large to be looked at while a page waits
 * @param problems   why nobody can be counted; a sentence each
 */
public record Reckoning(long audience, long suppressed, long excluded, boolean about, List<String> problems) {

    public long reached() {
        return Math.max(0, audience - suppressed - excluded);
    }

    static Reckoning impossible(List<String> problems) {
        return new Reckoning(0, 0, 0, false, problems);
    }
}
