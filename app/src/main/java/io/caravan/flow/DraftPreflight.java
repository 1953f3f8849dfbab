package io.caravan.flow;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.campaign.Draft;
import io.caravan.delivery.AudiencePeople;
import io.caravan.delivery.AudiencePeople.Candidate;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.flow.DraftCheck.Fault;
import io.caravan.flow.DraftCheck.State;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InvalidInput;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Person;
import io.caravan.rendering.Shortcoming;

/**
 * What a run's preflight would say of a draft, without a run: every expression for everybody who would be mailed, in slices, one draft at
 * a time, beside the requests. What it found is kept in memory for the edit that was checked; after a restart one asks again.
 */
@Component
public class DraftPreflight implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DraftPreflight.class);
    private static final int SLICE = 1000;
    private static final int ENOUGH = 20;
    private static final int KEPT = 100;
    private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {
    };

    private final CampaignDrafts drafts;
    private final CampaignTemplates templates;
    private final AudienceTerms terms;
    private final AudiencePeople people;
    private final Sending sending;
    private final InstantSource clock;
    private final JsonMapper json = JsonMapper.builder().build();
    private final ExecutorService one = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("draft-preflight").daemon(true).factory());
    private final Map<String, DraftCheck> checks = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DraftCheck> eldest) {
            return size() > KEPT;
        }
    };

    DraftPreflight(CampaignDrafts drafts, CampaignTemplates templates, AudienceTerms terms, AudiencePeople people,
            Sending sending, InstantSource clock) {
        this.drafts = drafts;
        this.templates = templates;
        this.terms = terms;
        this.people = people;
        this.sending = sending;
        this.clock = clock;
    }

    /** Begins to check this edit, unless that is under way. */
    public void begin(Draft draft) {
        synchronized (checks) {
            DraftCheck known = checks.get(draft.name());
            if (known != null && known.edit() == draft.edit() && known.state() == State.CHECKING) {
                return;
            }
            checks.remove(draft.name());
            checks.put(draft.name(), DraftCheck.begun(draft.edit()));
        }
        one.execute(() -> check(draft));
    }

    /** How far the last check of that name is; of which edit, it says itself. */
    public Optional<DraftCheck> of(String name) {
        synchronized (checks) {
            return Optional.ofNullable(checks.get(name));
        }
    }

    private void check(Draft draft) {
        DraftCheck check = DraftCheck.begun(draft.edit());
        try {
            List<DraftFault> faults = drafts.faults(draft);
            if (!faults.isEmpty()) {
                throw new InvalidInput(
                        faults.stream().map(fault -> (fault.field().isEmpty() ? "" : fault.field() + ": ")
                                + fault.message()).toList());
            }
            walk(draft, drafts.legible(draft));
        } catch (InvalidInput e) {
            tell(draft, check.refused(e.problems(), clock.instant()));
        } catch (RuntimeException e) {
            log.warn("event=draft-preflight-failed campaign={} what=\"{}\"", draft.name(), e.toString());
            tell(draft, check.refused(List.of("the check did not come to its end: " + e.getMessage() + "; check again"),
                    clock.instant()));
        }
    }

    private void walk(Draft draft, CampaignParts parts) {
        CampaignSpec spec = parts.spec();
        Mailing mailing = templates.compile(spec, parts.files());
        Audience audience = terms.audience(spec);
        List<Exclusion> exclude = terms.exclusions(spec);
        List<String> scopes = AudienceTerms.scopes(spec, sending.identity(Preparations.domain(spec)));
        DraftCheck check = DraftCheck.begun(draft.edit()).of(terms.size(audience));
        List<Candidate> slice = people.slice(audience, exclude, scopes, 0, SLICE);
        while (!slice.isEmpty() && check.faults().size() < ENOUGH) {
            check = check.with(slice, faults(mailing, slice, ENOUGH - check.faults().size()));
            if (!tell(draft, check)) {
                return; // a later edit is being checked
            }
            slice = people.slice(audience, exclude, scopes, slice.getLast().contact().value(), SLICE);
        }
        tell(draft, check.over(clock.instant(), slice.isEmpty()));
    }

    private List<Fault> faults(Mailing mailing, List<Candidate> slice, int most) {
        List<Fault> faults = new ArrayList<>();
        for (Candidate one : slice) {
            if (one.reason().isEmpty() && faults.size() < most) {
                Person person = new Person(one.written(), json.readValue(one.attributes(), ATTRIBUTES));
                for (Shortcoming found : mailing.evaluate(person)) {
                    faults.add(new Fault(one.written(), found.template(), found.line(), found.attribute(),
                            found.what()));
                }
            }
        }
        return faults;
    }

    private boolean tell(Draft draft, DraftCheck now) {
        synchronized (checks) {
            DraftCheck known = checks.get(draft.name());
            boolean ours = known != null && known.edit() == draft.edit();
            if (ours) {
                checks.put(draft.name(), now);
            }
            return ours;
        }
    }

    @Override
    public void close() throws InterruptedException {
        one.shutdownNow();
        one.awaitTermination(10, TimeUnit.SECONDS);
    }
}
