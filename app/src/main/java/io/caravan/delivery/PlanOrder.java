package io.caravan.delivery;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignId;
import io.caravan.mail.RunId;

/**
 * What a run is to be planned from.
 *
 * @param domains   how many people each domain has, as {@link Planner#domains} counts them: so many numbers are set aside for its lane
 * @param lanes     the domains whose lane is not the tail, with its id; several may share one
 * @param tailLane  the lane of all others; a plan that is gone on with keeps the lanes that it began with
 */
public record PlanOrder(RunId run, Who who, Map<String, Long> domains, Map<String, Integer> lanes, int tailLane) {

    /**
     * Whom a run is for.
     *
     * @param audience  who
     * @param exclude   who of them not, though they get their row
     * @param skip      runs whose recipients get no row at all, unless that row was cancelled ({@code start --new}); null: none
     * @param scopes    the suppression scopes that count: {@code global}, {@code identity:NAME}, {@code list:NAME}; none: nobody is suppressed
     */
    public record Who(Audience audience, List<Exclusion> exclude, @Nullable CampaignRuns skip, List<String> scopes) {

        /** All of an audience. */
        public static Who of(Audience audience) {
            return new Who(audience, List.of(), null, List.of());
        }
    }

    /** Runs of one campaign that a plan asks: by their rows, and where those are gone by what {@link PastRecipients} keeps. */
    public record CampaignRuns(CampaignId campaign, List<RunId> runs) {
    }

    /** Where the recipients come from. */
    public sealed interface Audience {
    }

    /** The members of a list, as they are now. */
    public record OfList(long list) implements Audience {
    }

    /** The good rows of one import. */
    public record OfImport(long id) implements Audience {
    }

    /** Those whom earlier runs did not reach: failed, expired, bounced soft or by policy, and in no run accepted or under way. */
    public record NotReached(CampaignRuns runs) implements Audience {
    }

    /** @param label what the ledger's reason says after {@code excluded:} */
    public sealed interface Exclusion {
        String label();
    }

    public record ExcludedList(String label, long list) implements Exclusion {
    }

    public record ExcludedRuns(String label, CampaignRuns runs) implements Exclusion {
    }
}
