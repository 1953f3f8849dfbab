package io.caravan.web.campaigns;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.web.Moment;

/**
 * A campaign in words, for the template, which only puts them in their places.
 *
 * @param doing   what it does now
 * @param asking  its last run asks; what it asks is in the run
 * @param open    the actions that can be done now
 * @param refused those that cannot, with the reason
 * @param last    its last run; null: it has none
 * @param waiting who is neither final nor in doubt, over all runs
 * @param doubt   rows in doubt, over all runs
 */
record CampaignView(String name, String state, String doing, boolean asking, List<Choice> open,
        List<Choice> refused, RunLines.@Nullable Shown last, String waiting, long doubt) {

    /** A fact of the version in force. */
    record Fact(String name, String value) {
    }

    /** @param row as forms send it back: {@code RUN.N} */
    record Doubtful(String row, String address, String reason, String host, String reply, @Nullable Moment at) {
    }

    record VersionLine(int number, String file, Moment taken, boolean inForce) {
    }
}
