package io.caravan.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.AudiencePeople;
import io.caravan.delivery.AudiencePeople.Candidate;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Rate;

/** How many people a campaign would mail and how long that takes, from kept figures and at most 500 rows. */
@Component
public class AudienceReckoning {

    private static final int SAMPLE = 400; // and its first and last: fewer than 500 rows, with those that the page itself reads

    private final AudienceTerms terms;
    private final AudiencePeople people;
    private final Sending sending;
    private final Random random = new Random();

    AudienceReckoning(AudienceTerms terms, AudiencePeople people, Sending sending) {
        this.terms = terms;
        this.people = people;
        this.sending = sending;
    }

    public Reckoning of(CampaignSpec spec) {
        try {
            Audience audience = terms.audience(spec);
            return of(audience, terms.exclusions(spec), scopes(spec));
        } catch (InvalidInput e) {
            return Reckoning.impossible(e.problems());
        }
    }

    private Reckoning of(Audience audience, List<Exclusion> exclude, List<String> scopes) {
        long size = terms.size(audience);
        boolean about = size > SAMPLE;
        List<Candidate> seen = about
                ? sample(audience, exclude, scopes)
                : people.slice(audience, exclude, scopes, 0, SAMPLE);
        long whole = about ? size : seen.size(); // the rows that were seen are the better count
        long suppressed = seen.stream().filter(one -> one.reason().startsWith("suppression:")).count();
        long excluded = seen.stream().filter(one -> one.reason().startsWith("excluded:")).count();
        double share = seen.isEmpty() ? 0 : (double) whole / seen.size();
        return new Reckoning(whole, Math.round(suppressed * share), Math.round(excluded * share), about, List.of());
    }

    /** Ten runs of neighbours from all over the audience. */
    private List<Candidate> sample(Audience audience, List<Exclusion> exclude, List<String> scopes) {
        List<Candidate> seen = new ArrayList<>();
        people.ends(audience).ifPresent(ends -> {
            for (int i = 0; i < 10; i++) {
                long from = random.nextLong(ends[0], Math.max(ends[0] + 1, ends[1])) - 1;
                seen.addAll(people.slice(audience, exclude, scopes, from, SAMPLE / 10));
            }
        });
        return seen;
    }

    private List<String> scopes(CampaignSpec spec) {
        return AudienceTerms.scopes(spec, sending.identity(Preparations.domain(spec)));
    }

    /** The slowest of the rates that all of its mail passes; null: none is set. */
    public @Nullable Rate tightest(CampaignSpec spec) {
        Identity identity = sending.identity(Preparations.domain(spec));
        String route = sending.laneRoute(identity, "");
        return Stream.concat(Stream.of(spec.rate(), sending.overall(), identity.rate()),
                Sending.relays(route).stream().limit(route.contains("*") ? 0 : 1).map(sending.relayRates()::get))
                .filter(rate -> rate != null)
                .max(java.util.Comparator.comparingLong(Rate::intervalMicros)).orElse(null);
    }

    /** How long so many mails take at that rate. */
    public static Duration time(long people, Rate rate) {
        return Duration.ofNanos(Math.multiplyExact(rate.intervalMicros(), 1000L) * people);
    }
}
