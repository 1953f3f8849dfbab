package io.caravan.mailbox;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.MailQuery.Field;
import io.caravan.mailbox.MailQuery.Term;

/** From text to {@link MailQuery}. */
final class MailQueryReader {

    private static final List<String> OPERATORS = List.of("from", "to", "subject", "tag", "has", "campaign", "run",
            "before", "after");
    private static final String ALL = String.join(": ", OPERATORS) + ":";
    /** A term: an operator or none, then a value in quotes (a quote that is not closed ends with the text) or up to the next space. */
    private static final Pattern TERM = Pattern
            .compile("(-?)(?:([A-Za-z_-]+):(?!//))?(?:\"((?:[^\"\\\\]|\\\\.)*)(?:\"|$)|(\\S*))");
    private static final Pattern AGO = Pattern.compile("(\\d{1,5})([mhd])");
    private static final int MOST_TERMS = 20;

    private final Instant now;
    private final List<String> problems = new ArrayList<>();

    MailQueryReader(Instant now) {
        this.now = now;
    }

    MailQuery read(String text) {
        List<Term> terms = new ArrayList<>();
        Matcher term = TERM.matcher(text);
        int at = skipSpace(text, 0);
        while (at < text.length() && term.region(at, text.length()).lookingAt()) {
            Term read = term(term);
            if (read != null) {
                terms.add(term.group(1).isEmpty() ? read : new MailQuery.Not(read));
            }
            at = skipSpace(text, Math.max(term.end(), at + 1));
        }
        if (terms.size() > MOST_TERMS) {
            problems.add("a search may have " + MOST_TERMS + " terms, this one has " + terms.size()
                    + ": leave some out");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return new MailQuery(List.copyOf(terms));
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private @Nullable Term term(Matcher found) {
        String operator = found.group(2);
        String quoted = found.group(3);
        String value = quoted != null ? quoted.replaceAll("\\\\(.)", "$1") : found.group(4);
        if (operator == null) {
            return value.isEmpty() ? null : new MailQuery.Contains(Field.ANYWHERE, value);
        }
        String known = operator.toLowerCase(Locale.ROOT);
        if (!OPERATORS.contains(known)) {
            problems.add("'" + operator + ":' is nothing that the mailbox can be searched by; the nearest is '"
                    + nearest(known) + ":' (there are " + ALL + "). To find the text itself, put it in quotes: \""
                    + operator + ":" + value + "\"");
            return null;
        }
        if (value.isBlank()) {
            problems.add("'" + known + ":' lacks a value: write " + example(known));
            return null;
        }
        return term(known, value.strip());
    }

    private @Nullable Term term(String operator, String value) {
        return switch (operator) {
            case "from" -> new MailQuery.Contains(Field.FROM, value);
            case "to" -> value.matches("[^@\\s]+@[^@\\s]+\\.[^@\\s]+")
                    ? new MailQuery.Recipient(value)
                    : new MailQuery.Contains(Field.TO, value);
            case "subject" -> new MailQuery.Contains(Field.SUBJECT, value);
            case "tag" -> new MailQuery.Tagged(value);
            case "campaign" -> new MailQuery.OfCampaign(value);
            case "has" -> has(value);
            case "run" -> run(value);
            case "before" -> moment(operator, value) instanceof Instant end ? new MailQuery.Before(end) : null;
            default -> moment(operator, value) instanceof Instant begin ? new MailQuery.After(begin) : null;
        };
    }

    private @Nullable Term has(String value) {
        if (value.toLowerCase(Locale.ROOT).matches("attachments?")) {
            return new MailQuery.WithAttachment();
        }
        problems.add("'has:" + value + "' is not known: a mail can be asked for has:attachment");
        return null;
    }

    private @Nullable Term run(String value) {
        if (value.matches("\\d{1,18}")) {
            return new MailQuery.OfRun(Long.parseLong(value));
        }
        problems.add("'run:" + value + "' is no run: write the number in the address of the run's page, run:17");
        return null;
    }

    /** A day begins at midnight UTC; {@code 2h} is two hours ago. */
    private @Nullable Instant moment(String operator, String value) {
        Matcher ago = AGO.matcher(value);
        if (ago.matches()) {
            long amount = Long.parseLong(ago.group(1));
            return now.minus(switch (ago.group(2)) {
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            });
        }
        try {
            return value.length() <= 10
                    ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(value.toUpperCase(Locale.ROOT)).toInstant();
        } catch (DateTimeException e) {
            problems.add("'" + operator + ":" + value + "' is no time: write " + example(operator)
                    + ", 2026-11-24T09:00:00Z, or 2h for two hours ago");
            return null;
        }
    }

    private static String example(String operator) {
        return operator + ":" + switch (operator) {
            case "from" -> "news@shop.example";
            case "to" -> "ana@example.org";
            case "subject" -> "\"spring sale\"";
            case "tag" -> "season=spring";
            case "has" -> "attachment";
            case "campaign" -> "spring-2026";
            case "run" -> "17";
            default -> "2026-11-24";
        };
    }

    private static String nearest(String word) {
        String best = OPERATORS.getFirst();
        for (String each : OPERATORS) {
            best = distance(word, each) < distance(word, best) ? each : best;
        }
        return best;
    }

    /** Levenshtein's, but two letters changed about cost one: {@code form} is nearer to {@code from} than to anything else. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int least = Math.min(change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                boolean turned = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
                cost[i][j] = turned ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
