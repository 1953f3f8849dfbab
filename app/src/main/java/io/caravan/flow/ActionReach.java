package io.caravan.flow;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.stereotype.Component;

import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.delivery.AudiencePeople;
import io.caravan.delivery.AudienceSample;
import io.caravan.delivery.AudienceSample.Share;
import io.caravan.delivery.PastRecipients;
import io.caravan.delivery.PlanOrder;
import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/**
 * How many people an action on a campaign concerns, while a page waits: by the kept counts, which are exact; for those who are new and
 * those who were not reached by a sample, unless they are few. Never more than 500 rows of a table are read.
 */
@Component
public class ActionReach {

    private static final int PEOPLE = 400;
    private static final int STRIPES = 8;
    private static final int ROWS = 450;
    private static final int FEWEST = 5;
    private static final List<RowState> ENDED_BADLY = List.of(RowState.FAILED, RowState.EXPIRED, RowState.BOUNCED);

    /**
     * @param people the suppressed and excluded among them
     * @param about  reckoned from a sample; false: exact
     */
    public record People(long people, boolean about) {
    }

    private final Concerned concerned;
    private final AudienceTerms terms;
    private final AudiencePeople audiences;
    private final AudienceSample sample;
    private final PastRecipients past;
    private final RunCounts counts;

    ActionReach(Concerned concerned, AudienceTerms terms, AudiencePeople audiences, AudienceSample sample,
            PastRecipients past, RunCounts counts) {
        this.concerned = concerned;
        this.terms = terms;
        this.audiences = audiences;
        this.sample = sample;
        this.past = past;
        this.counts = counts;
    }

    public People of(Campaign campaign, Action action) {
        return switch (action) {
            case START, START_AGAIN, ANSWER_RUN, ANSWER_SKIP -> new People(size(concerned.audience(campaign)), false);
            case START_NEW -> fresh(concerned.audience(campaign), concerned.asked(campaign));
            case RESEND -> notReached(concerned.asked(campaign));
            case PAUSE, RESUME, CANCEL -> new People(concerned.waiting(campaign), false);
        };
    }

    private long size(PlanOrder.Audience audience) {
        return audience.equals(Concerned.NOBODY) ? 0 : terms.size(audience);
    }

    /** At least those who cannot have a row: there are fewer rows than people. That is exact for a list that has only grown. */
    private People fresh(PlanOrder.Audience audience, CampaignRuns asked) {
        List<RunId> ids = asked.runs();
        long size = size(audience);
        int most = Math.max(FEWEST * STRIPES, Math.min(PEOPLE, ROWS * 20 / (1 + ids.size())));
        if (size == 0 || ids.isEmpty()) {
            return new People(size, false);
        }
        if (size <= most) {
            return new People(sample.fresh(audience, asked, 0, most).fit(), false);
        }
        long rows = counts.of(ids).values().stream().flatMap(of -> of.entrySet().stream())
                .filter(of -> of.getKey() != RowState.CANCELLED).mapToLong(Map.Entry::getValue).sum()
                + past.people(asked.campaign());
        Share share = striped(audience, asked, most / STRIPES);
        long reckoned = share.looked() == 0 ? 0 : Math.round((double) size * share.fit() / share.looked());
        return new People(Math.max(reckoned, size - rows), true);
    }

    private Share striped(PlanOrder.Audience audience, CampaignRuns asked, int most) {
        long[] ends = audiences.ends(audience).orElse(new long[]{0, 0});
        int looked = 0;
        int fit = 0;
        for (int i = 0; i < STRIPES; i++) {
            Share share = sample.fresh(audience, asked, ends[0] - 1 + (ends[1] - ends[0]) / STRIPES * i, most);
            looked += share.looked();
            fit += share.fit();
        }
        return new Share(looked, fit);
    }

    private record Stratum(RunId run, RowState state, long rows) {
    }

    /** Those whom runs did not reach whose rows are gone count whole: a younger run may have reached some of them. */
    private People notReached(CampaignRuns asked) {
        List<RunId> ids = asked.runs();
        long past = this.past.notReached(asked.campaign());
        Map<RunId, Map<RowState, Long>> of = counts.of(ids);
        List<Stratum> strata = ids.stream().flatMap(run -> ENDED_BADLY.stream()
                .map(state -> new Stratum(run, state, of.getOrDefault(run, Map.of()).getOrDefault(state, 0L))))
                .filter(stratum -> stratum.rows > 0)
                .sorted(java.util.Comparator.comparingLong(Stratum::rows).reversed()).toList();
        long all = strata.stream().mapToLong(Stratum::rows).sum();
        int left = Math.max(FEWEST, ROWS / (1 + ids.size()));
        boolean about = all > left;
        double reckoned = 0;
        Share seen = new Share(0, 0);
        for (Stratum stratum : strata) {
            int most = (int) Math.min(left, about ? Math.max(1, stratum.rows * left / all) : stratum.rows);
            Share share = look(stratum, asked, of, most);
            seen = new Share(seen.looked() + share.looked(), seen.fit() + share.fit());
            Share by = share.looked() == 0 ? seen : share;
            reckoned += by.looked() == 0 ? 0 : (double) stratum.rows * by.fit() / by.looked();
            left -= most;
            all -= stratum.rows;
        }
        return new People(Math.round(reckoned) + past, about || past > 0);
    }

    /** From all over the run: neighbours have one provider, which may be the one that refused. */
    private Share look(Stratum stratum, CampaignRuns asked, Map<RunId, Map<RowState, Long>> of, int most) {
        if (most == 0) {
            return new Share(0, 0);
        }
        long planned = of.getOrDefault(stratum.run, Map.of()).values().stream().mapToLong(Long::longValue).sum();
        int stripes = stratum.rows <= most ? 1 : Math.min(STRIPES, most);
        Set<Integer> numbers = new TreeSet<>();
        for (int i = 0; i < stripes; i++) {
            numbers.addAll(sample.ended(stratum.run, stratum.state, (int) (planned / stripes * i), most / stripes));
        }
        return sample.notReached(stratum.run, numbers, asked);
    }
}
