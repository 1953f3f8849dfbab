package io.caravan.delivery;

import java.util.List;
import java.util.Map;

import io.caravan.mail.RunId;

/**
 * What a run is to be planned from.
 *
 * @param audience  who
 * @param exclude   who of them not, though they get their row
 * @param skip      runs whose recipients get no row at all, unless that row was cancelled ({@code start --new})
 * @param scopes    the suppression scopes that count: {@code global}, {@code identity:NAME}, {@code list:NAME}
 * @param lanes     the domains whose lane is not the tail, with its id; several may share one
 * @param tailLane  the lane of all others
 */
public record PlanOrder(RunId run, Audience audience, List<Exclusion> exclude, List<RunId> skip, List<String> scopes,
        Map<String, Integer> lanes, int tailLane) {

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
    public record NotReached(List<RunId> runs) implements Audience {
    }

    /** @param label what the ledger's reason says after {@code excluded:} */
    public sealed interface Exclusion {
        String label();
    }

    public record ExcludedList(String label, long list) implements Exclusion {
    }

    public record ExcludedRuns(String label, List<RunId> runs) implements Exclusion {
    }
}
