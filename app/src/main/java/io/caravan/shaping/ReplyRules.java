package io.caravan.shaping;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.InvalidInput;

/**
 * Replies told apart: what a refusal is about and whose fault it is, by the first rule in order that fits its code, its enhanced status
 * (RFC 3463), who said it, at which verb, and its words. Made once from {@code reply-rules.yaml}; judging looks at each rule once and never goes back.
 */
public final class ReplyRules {

    /**
     * A rule as written. An empty list asks for nothing; of a list one entry must fit, and each list that is there must.
     *
     * @param codes     {@code 550}, {@code 55x}, {@code 5xx}
     * @param statuses  {@code 5.1.1}, {@code 5.7.*}, {@code *.2.2}
     * @param providers domains: of the recipient, or that the answering host lies in
     * @param at        the verbs at which it counts; none: at all, but for a recipient's fault, which never counts before RCPT, and for a
     *                      hard one, which then counts at RCPT and where the verb is not known
     * @param text      phrases, see {@link Phrase}
     */
    public record Rule(String name, ReplyKind kind, Fault fault, String says, List<String> codes,
            List<String> statuses, List<String> providers, List<Verb> at, List<String> text) {

        private static final Pattern CODE = Pattern.compile("[45]([0-5]\\d|[0-9]x|xx)");
        private static final Pattern STATUS = Pattern.compile("([245*])\\.(\\d{1,3}|\\*)\\.(\\d{1,3}|\\*)");

        /** @throws InvalidInput with everything that is wrong in it */
        public Rule {
            List<String> problems = new ArrayList<>();
            codes.stream().filter(code -> !CODE.matcher(code).matches()).forEach(code -> problems
                    .add("'" + code + "' is no code of a refusal: write 550, 55x or 5xx"));
            statuses.stream().filter(status -> !STATUS.matcher(status).matches()).forEach(status -> problems
                    .add("'" + status + "' is no enhanced status: write 5.1.1, 5.7.* or *.2.2"));
            for (String phrase : text) {
                try {
                    Phrase.parse(phrase);
                } catch (InvalidInput e) {
                    problems.addAll(e.problems());
                }
            }
            if (codes.isEmpty() && statuses.isEmpty() && text.isEmpty()) {
                problems.add("it would fit every reply: give code, status or text");
            }
            if (fault == Fault.RECIPIENT && at.stream().anyMatch(Verb::isBeforeRecipient)) {
                problems.add("no recipient is named before RCPT: leave " + at.stream().filter(Verb::isBeforeRecipient)
                        .map(Verb::name).toList() + " out of at, or write another fault");
            }
            if (kind == ReplyKind.HARD && fault != Fault.RECIPIENT) {
                problems.add(
                        "kind hard suppresses a person, so the fault must be the recipient's: write fault: recipient,"
                                + " or another kind");
            }
            if (!problems.isEmpty()) {
                throw new InvalidInput(problems);
            }
        }

        private boolean countsAt(Verb verb) {
            if (!at.isEmpty()) {
                return at.contains(verb);
            }
            return kind == ReplyKind.HARD
                    ? verb == Verb.RCPT || verb == Verb.UNKNOWN
                    : fault != Fault.RECIPIENT || !verb.isBeforeRecipient();
        }
    }

    /** What a rule said of a reply. */
    public record Judged(String rule, ReplyKind kind, Fault fault, String says) {
    }

    /**
     * A refusal.
     *
     * @param text   all that follows the code, with the enhanced status if it has one, once
     * @param host   who said it
     * @param domain the recipient's
     * @param verb   what was answered
     */
    public record Refusal(int code, String text, String host, String domain, Verb verb) {

        private static final Pattern ANOTHER = Pattern
                .compile("(?<!said:) ([45]\\d\\d)[ -][45]\\.\\d{1,3}\\.\\d{1,3} ");

        /** Of a line as the ledger keeps it, {@code 550 5.1.1 no}; empty if nobody said it: a line lost, a limit of our own. */
        public static Optional<Refusal> of(String line, String host, String domain, Verb verb) {
            if (line.length() < 3 || line.charAt(0) != '4' && line.charAt(0) != '5'
                    || !Character.isDigit(line.charAt(1)) || !Character.isDigit(line.charAt(2))
                    || line.length() > 3 && line.charAt(3) != ' ' && line.charAt(3) != '-') {
                return Optional.empty();
            }
            return Optional.of(new Refusal(Integer.parseInt(line.substring(0, 3)),
                    line.length() > 4 ? once(first(line.substring(4), line.substring(0, 3))) : "", host, domain, verb));
        }

        /** A reply of several lines begins each of them with its status (RFC 2034 section 4), which would stand between the words. */
        private static String once(String text) {
            return EnhancedStatus.atStartOf(text).map(status -> text.replace(" " + status + " ", " ")).orElse(text);
        }

        /** Some quote what the same session went on to say: the first reply is the one that refused. What a host behind it said is its reason. */
        private static String first(String text, String code) {
            Matcher next = ANOTHER.matcher(text);
            while (next.find()) {
                if (!next.group(1).equals(code)) {
                    return text.substring(0, next.start());
                }
            }
            return text;
        }
    }

    private record Ready(Rule rule, List<Phrase> phrases) {
    }

    private final List<Ready> rules;

    public ReplyRules(List<Rule> ordered) {
        rules = ordered.stream().map(rule -> new Ready(rule, rule.text().stream().map(Phrase::parse).toList()))
                .toList();
    }

    /** By the first rule that fits; empty: none does. */
    public Optional<Judged> judge(Refusal refusal) {
        EnhancedStatus status = EnhancedStatus.atStartOf(refusal.text()).orElse(null);
        String code = Integer.toString(refusal.code());
        List<String> words = Phrase.words(refusal.text());
        Set<String> known = new HashSet<>(words);
        for (Ready ready : rules) {
            Rule rule = ready.rule();
            if (rule.countsAt(refusal.verb()) && fits(rule.codes(), one -> codeFits(one, code))
                    && fits(rule.statuses(), one -> status != null && statusFits(one, status))
                    && fits(rule.providers(), one -> isOf(one, refusal))
                    && (ready.phrases().isEmpty()
                            || ready.phrases().stream().anyMatch(phrase -> phrase.isIn(words, known)))) {
                return Optional.of(new Judged(rule.name(), rule.kind(), rule.fault(), rule.says()));
            }
        }
        return Optional.empty();
    }

    public int size() {
        return rules.size();
    }

    private static boolean fits(List<String> written, Predicate<String> fits) {
        return written.isEmpty() || written.stream().anyMatch(fits);
    }

    private static boolean codeFits(String pattern, String code) {
        for (int i = 0; i < 3; i++) {
            if (pattern.charAt(i) != 'x' && pattern.charAt(i) != code.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean statusFits(String pattern, EnhancedStatus status) {
        String[] parts = pattern.split("\\.");
        return partFits(parts[0], status.klass()) && partFits(parts[1], status.subject())
                && partFits(parts[2], status.detail());
    }

    private static boolean partFits(String pattern, int part) {
        return pattern.equals("*") || pattern.equals(Integer.toString(part));
    }

    private static boolean isOf(String provider, Refusal refusal) {
        return within(refusal.domain(), provider) || within(refusal.host(), provider);
    }

    private static boolean within(@Nullable String host, String domain) {
        return host != null && (host.equalsIgnoreCase(domain)
                || host.regionMatches(true, host.length() - domain.length() - 1, "." + domain, 0, domain.length() + 1));
    }
}
