package io.caravan.delivery;

import java.util.ArrayList;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

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
        return everybody(who) + " order by m.contact_id limit :slice";
    }

    /** A query for contact ids above {@code :after}, in no order: the server need not gather them before it goes on. */
    static String everybody(Who who) {
        List<RunId> skip = who.skip();
        String source = switch (who.audience()) {
            case OfList(long list) ->
                "select m.contact_id from list_member m where m.list_id = " + list + " and m.contact_id > :after";
            case OfImport(long id) -> "select m.contact_id from import_person m where m.import_id = " + id
                    + " and m.contact_id > :after";
            case NotReached(List<RunId> runs) -> """
                    select distinct m.contact_id from delivery m where m.run_id in (%s) and m.contact_id > :after
                       and (m.state in ('failed', 'expired')
                            or (m.state = 'bounced' and (m.reason like 'soft%%' or m.reason like 'policy%%')))
                       and not exists (select 1 from %s
                         where o.state in ('accepted', 'complained', 'pending', 'deferred', 'in_doubt', 'suppressed')
                            or o.state = 'bounced' and o.reason like 'hard%%')"""
                    .formatted(ids(runs), rows(runs, "m.contact_id"));
        };
        String fresh = skip.isEmpty()
                ? ""
                : " and not exists (select 1 from " + rows(skip, "m.contact_id") + " where o.state <> 'cancelled')";
        return source + fresh;
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
                case ExcludedRuns(String _, List<RunId> runs) ->
                    "when exists (select 1 from " + rows(runs, "c.id")
                            + " where o.state in ('accepted', 'complained', 'pending', 'deferred', 'in_doubt'))"
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
