package io.caravan.mailbox;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.caravan.mailbox.MailQuery.Term;

/** A query as SQL: the one key that finds its mails soonest, and what is held against each line. */
final class MailTerms {

    private final Map<String, Object> values = new HashMap<>();
    private final MailQuery query;
    private final @Nullable Term driving;
    private final String key;
    private final List<String> others = new ArrayList<>();

    MailTerms(MailQuery query) {
        this.query = query;
        driving = query.terms().stream().filter(term -> rank(term) > 0).max(Comparator.comparingInt(MailTerms::rank))
                .orElse(null);
        key = key(driving);
        query.terms().stream().filter(term -> term != driving).forEach(term -> others.add(condition(term)));
    }

    /** The rarest first: a person has a few mails, a run as many as a campaign or fewer. */
    private static int rank(Term term) {
        return switch (term) {
            case MailQuery.Recipient _ -> 3;
            case MailQuery.OfRun _ -> 2;
            case MailQuery.OfCampaign of -> of.name().endsWith("*") ? 0 : 1;
            case MailQuery.Not _,MailQuery.Contains _,MailQuery.Tagged _,MailQuery.WithAttachment _,MailQuery.Before _,MailQuery.After _ ->
                0;
        };
    }

    /** One key alone, named: left to choose, the server reads all of a campaign to find one person of it. */
    private String key(@Nullable Term term) {
        String index = switch (term == null ? 0 : rank(term)) {
            case 3 -> "mailbox_recipient";
            case 2 -> "mailbox_run";
            case 1 -> "mailbox_campaign";
            default -> "primary";
        };
        return " force index (" + index + ") where " + (term == null ? "true" : condition(term));
    }

    /** The table's index and the beginning of the where clause. */
    String key() {
        return key;
    }

    /** Whether every line of the key fits. */
    boolean byKeyAlone() {
        return others.isEmpty();
    }

    String others() {
        return others.isEmpty() ? "true" : String.join(" and ", others);
    }

    Map<String, Object> values() {
        return values;
    }

    /** The earliest end that is asked for. */
    @Nullable
    Instant before() {
        return moments(MailQuery.Before.class, MailQuery.Before::moment).min(Comparator.naturalOrder()).orElse(null);
    }

    /** The latest beginning that is asked for. */
    @Nullable
    Instant since() {
        return moments(MailQuery.After.class, MailQuery.After::moment).max(Comparator.naturalOrder()).orElse(null);
    }

    private <T extends Term> Stream<Instant> moments(Class<T> kind, Function<T, Instant> moment) {
        return query.terms().stream().filter(kind::isInstance).map(kind::cast).map(moment);
    }

    private String condition(Term term) {
        return switch (term) {
            case MailQuery.Not not -> "not (" + condition(not.term()) + ")";
            case MailQuery.Contains part -> column(part.field()) + " like lower(" + value(like(part.text()))
                    + ") escape '!'";
            case MailQuery.Recipient to -> "recipient_key = lower(" + value(to.address()) + ")";
            case MailQuery.OfCampaign of -> of.name().endsWith("*")
                    ? "campaign like " + value(escaped(of.name().substring(0, of.name().length() - 1)) + "%")
                            + " escape '!'"
                    : "campaign = " + value(of.name());
            case MailQuery.OfRun of -> "run_id <=> " + value(of.run());
            case MailQuery.Tagged tag -> tagged(tag.tag());
            case MailQuery.WithAttachment _ -> "attachments > 0";
            case MailQuery.Before end -> "received_at < " + value(Timestamp.from(end.moment()));
            case MailQuery.After begin -> "received_at >= " + value(Timestamp.from(begin.moment()));
        };
    }

    /** The whole line, what stands before its {@code =}, or what stands behind it. */
    private String tagged(String tag) {
        String lines = "lower(concat('\\n', tags, '\\n')) like lower(";
        String any = List.of("%\n" + escaped(tag) + "\n%", "%\n" + escaped(tag) + "=%", "%=" + escaped(tag) + "\n%")
                .stream().map(pattern -> lines + value(pattern) + ") escape '!'")
                .reduce((one, other) -> one + " or " + other).orElseThrow();
        return "(tags <> '' and (" + any + "))";
    }

    private static String column(MailQuery.Field field) {
        return switch (field) {
            case FROM -> "lower(from_header)";
            case TO -> "lower(recipient)";
            case SUBJECT -> "lower(subject)";
            case ANYWHERE -> "lower(concat_ws('\\n', recipient, from_header, subject, campaign, tags))";
        };
    }

    private static String like(String text) {
        return "%" + escaped(text) + "%";
    }

    private static String escaped(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }

    private String value(Object value) {
        String name = "v" + values.size();
        values.put(name, value);
        return ":" + name;
    }
}
