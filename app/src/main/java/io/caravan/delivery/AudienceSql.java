package io.caravan.delivery;

import java.util.ArrayList;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

import io.caravan.delivery.PlanOrder.CampaignRuns;
import io.caravan.delivery.PlanOrder.ExcludedList;
import io.caravan.delivery.PlanOrder.ExcludedRuns;
import io.caravan.delivery.PlanOrder.Exclusion;
import io.caravan.delivery.PlanOrder.NotReached;
import io.caravan.delivery.PlanOrder.OfImport;
import io.caravan.delivery.PlanOrder.OfList;
import io.caravan.delivery.PlanOrder.Who;
import io.caravan.mail.RunId;

/** The SQL of an audience: ids and enumerated words only, every text is a parameter. */
final class AudienceSql {

    private static final String SUPPRESSED = """
            when (select min(s.id) from suppression s where s.address = c.address and s.scope in (:scopes)
                      and (s.expires_at is null or s.expires_at > now(6))) is not null
            then concat('suppression:', (select min(s.id) from suppression s where s.address = c.address
                      and s.scope in (:scopes) and (s.expires_at is null or s.expires_at > now(6))))""";

    private AudienceSql() {
    }

    /** A query for contact ids above {@code :after}, in order, at most {@code :slice}. */
    static String contacts(Who who) {
        List<String> parts = parts(who).stream().map(part -> part + " order by m.contact_id limit :slice").toList();
        return parts.size() == 1
                ? parts.getFirst()
                : "(" + String.join(") union (", parts) + ") order by contact_id limit :slice";
    }

    /** A query for contact ids above {@code :after}, in no order: the server need not gather them before it goes on. */
    static String everybody(Who who) {
        return String.join(" union ", parts(who));
    }

    /** Queries for contact ids above {@code :after}, each with a table {@code m}; whom several find is one person. */
    private static List<String> parts(Who who) {
        CampaignRuns skip = who.skip();
        String fresh = skip == null || skip.runs().isEmpty() ? "" : " and " + fresh(skip, "m.contact_id");
        return switch (who.audience()) {
            case OfList(long list) -> List.of("select m.contact_id from list_member m where m.list_id = " + list
                    + " and m.contact_id > :after" + fresh);
            case OfImport(long id) -> List.of("select m.contact_id from import_person m where m.import_id = " + id
                    + " and m.contact_id > :after" + fresh);
            case NotReached(CampaignRuns asked) -> notReached(asked).stream().map(part -> part + fresh).toList();
        };
    }

    private static String fresh(CampaignRuns skip, String contact) {
        return "not exists (select 1 from " + rows(skip.runs(), contact) + " where o.state <> 'cancelled') and "
                + PastRecipients.of(skip.campaign(), contact) + " is null";
    }

    /** By the rows of runs, and by what is kept of rows that are gone: whoever is found by the one may have been reached by the other. */
    private static List<String> notReached(CampaignRuns asked) {
        String open = """
                not exists (select 1 from %s
                   where o.state in ('accepted', 'complained', 'pending', 'deferred', 'in_doubt', 'suppressed')
                      or o.state = 'bounced' and o.reason like 'hard%%')"""
                .formatted(rows(asked.runs(), "m.contact_id"));
        String rows = """
                select distinct m.contact_id from delivery m where m.run_id in (%s) and m.contact_id > :after
                   and (m.state in ('failed', 'expired')
                        or (m.state = 'bounced' and (m.reason like 'soft%%' or m.reason like 'policy%%')))
                   and coalesce(%s, %d) >= %d""".formatted(ids(asked.runs()),
                PastRecipients.of(asked.campaign(), "m.contact_id"), PastRecipients.OTHERWISE,
                PastRecipients.NOT_REACHED);
        String past = "select m.contact_id from past_recipient m where m.campaign_id = " + asked.campaign()
                + " and m.contact_id > :after and m.outcome = " + PastRecipients.NOT_REACHED;
        return List.of(rows + " and " + open, past + " and " + open);
    }

    /** An expression over {@code c} (contact): {@code ''}, or why the person gets no mail of this run. */
    static String reason(Who who) {
        List<Exclusion> exclude = who.exclude();
        List<String> cases = new ArrayList<>(List.of("when false then ''") /* a case needs one */);
        if (!who.scopes().isEmpty()) {
            cases.add(SUPPRESSED);
        }
        for (int i = 0; i < exclude.size(); i++) {
            cases.add(switch (exclude.get(i)) {
                case ExcludedList(String _, long list) ->
                    "when exists (select 1 from list_member x where x.list_id = " + list
                            + " and x.contact_id = c.id) then concat('excluded:', :label" + i + ")";
                case ExcludedRuns(String _, CampaignRuns asked) ->
                    "when exists (select 1 from " + rows(asked.runs(), "c.id")
                            + " where o.state in ('accepted', 'complained', 'pending', 'deferred', 'in_doubt'))"
                            + " or " + PastRecipients.of(asked.campaign(), "c.id") + " = " + PastRecipients.REACHED
                            + " then concat('excluded:', :label" + i + ")";
            });
        }
        return "case " + String.join("\n", cases) + "\nelse '' end";
    }

    /**
     * What a person's rows {@code o} of some runs are read from: for each run one, found by its key. With {@code run_id in (...)} the key
     * serves a single run only; of several the server reads all rows, for each person anew.
     */
    static String rows(List<RunId> runs, String contact) {
        List<String> each = runs.isEmpty() ? List.of("-1") : runs.stream().map(RunId::toString).toList();
        return "(select " + String.join(" as id union all select ", each) + " as id) r straight_join delivery o"
                + " force index (delivery_recipient) on o.run_id = r.id and o.contact_id = " + contact;
    }

    /** Binds what {@link #contacts} and {@link #reason} of these people ask for. */
    static StatementSpec bind(StatementSpec statement, Who who, long after, long slice) {
        StatementSpec bound = statement.param("after", after).param("slice", slice).param("scopes", who.scopes());
        int i = 0;
        for (Exclusion exclusion : who.exclude()) {
            bound = bound.param("label" + i++, exclusion.label());
        }
        return bound;
    }

    static String ids(List<RunId> runs) {
        return runs.isEmpty() ? "-1" : String.join(",", runs.stream().map(RunId::toString).toList());
    }
}
