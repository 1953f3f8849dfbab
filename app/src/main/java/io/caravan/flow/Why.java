package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.QueueHold;
import io.caravan.delivery.QueueHolds;
import io.caravan.delivery.RowHistory;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.SuppressionSearch;
import io.caravan.suppression.SuppressionSearch.Removed;
import io.caravan.suppression.Suppressions;

/** Everything that was decided about one person, in order, with evidence: for the verb, the pages and the API alike. */
@Component
public class Why {

    /**
     * What is known of an address.
     *
     * @param contact    null: nobody of this address was ever imported
     * @param attributes of the version in force
     * @param removed    entries that were taken back
     * @param mails      the latest run first
     * @param next       where to go on for older ones; null: these are all
     */
    public record Answer(String address, @Nullable Contact contact, Map<String, String> attributes,
            List<Suppression> suppressions, List<Removed> removed, List<WhyMail> mails, @Nullable Long next) {

        /** Nobody has ever heard of it. */
        public boolean isUnknown() {
            return contact == null && suppressions.isEmpty() && removed.isEmpty();
        }
    }

    private final Contacts contacts;
    private final Suppressions suppressions;
    private final SuppressionSearch search;
    private final Campaigns campaigns;
    private final Runs runs;
    private final Ledger ledger;
    private final RowHistory history;
    private final Lanes lanes;
    private final HandHolds holds;

    public Why(Contacts contacts, Suppressions suppressions, SuppressionSearch search, Campaigns campaigns, Runs runs,
            Ledger ledger,
            RowHistory history, Lanes lanes, QueueHolds holds) {
        this.holds = new HandHolds(holds, lanes);
        this.contacts = contacts;
        this.suppressions = suppressions;
        this.search = search;
        this.campaigns = campaigns;
        this.runs = runs;
        this.ledger = ledger;
        this.history = history;
        this.lanes = lanes;
    }

    /**
     * @param only   this campaign's mails; null: all
     * @param before only runs with a smaller id; {@code Long.MAX_VALUE} to begin
     * @param limit  how many mails at most
     */
    public Answer of(EmailAddress address, @Nullable Campaign only, long before, int limit) {
        Optional<Contact> contact = contacts.find(address);
        List<RowId> rows = history.of(address.canonical(), only == null ? null : only.id(), before, limit + 1);
        List<WhyMail> mails = new ArrayList<>();
        rows.stream().limit(limit).forEach(row -> mail(row).ifPresent(mails::add));
        return new Answer(address.canonical(), contact.orElse(null),
                contact.map(known -> contacts.attributes(known.id(), known.version())).orElse(Map.of()),
                suppressions.find(address.canonical()), search.removed(address.canonical()), mails,
                rows.size() > limit ? rows.get(limit - 1).run() : null);
    }

    /** One recipient of one run. Empty if there is no such row. */
    public Optional<WhyMail> mail(RowId id) {
        Optional<LedgerRow> row = ledger.row(id);
        Optional<RowHistory.Planning> planning = history.planning(id);
        Optional<Run> run = runs.run(new RunId(id.run()));
        if (row.isEmpty() || planning.isEmpty() || run.isEmpty()) {
            return Optional.empty();
        }
        String name = campaigns.find(run.get().campaign()).map(Campaign::name).orElse("?");
        return Optional.of(new WhyMail(name, run.get(), row.get(), planning.get(),
                lanes.provider(planning.get().lane()), ledger.attempts(id), history.evidence(id),
                held(row.get(), planning.get())));
    }

    /** The order that holds a mail which waits; null: none does. */
    private @Nullable QueueHold held(LedgerRow row, RowHistory.Planning planning) {
        if (row.state() != RowState.PENDING && row.state() != RowState.DEFERRED) {
            return null;
        }
        return lanes.of(List.of(planning.lane())).stream().findFirst().map(lane -> holds.look()
                .of(row.row().run(), lane.identity(), lane.provider(), planning.domain())).orElse(null);
    }

    /** What the mail was made of: the attributes that the row points to. */
    public Map<String, String> attributes(WhyMail mail) {
        return contacts.attributes(mail.planning().contact(), mail.planning().version());
    }

    /** Entries for the address of a row. */
    public List<Suppression> suppressions(WhyMail mail) {
        try {
            return suppressions.find(EmailAddress.parse(mail.row().address()).canonical());
        } catch (InvalidInput e) { // written when more was an address
            return List.of();
        }
    }
}
