package io.caravan.flow;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.shaping.ReplyKind;
import io.caravan.shaping.ReplyRules;
import io.caravan.shaping.ReplyRules.Judged;
import io.caravan.shaping.ReplyRules.Refusal;

/** What a host's refusal means for its row: the rule that knows it, in the words of the ledger's reason. */
@Component
class Refusals {

    /** At these commands no recipient is spoken of, so nothing is a person's fault. */
    private static final Set<String> ABOUT_US = Set.of("MAIL", "DATA");

    private static final String FINAL_DOT = "final dot";
    private static final Pattern NO_SUCH_ADDRESS = Pattern.compile("5\\d\\d[ -]5\\.[14]\\..*", Pattern.DOTALL);

    private final ReplyRules rules;

    Refusals(ReplyRules rules) {
        this.rules = rules;
    }

    /** {@code hard: no such mailbox (rule no-such-mailbox)}; begins with the class, which is hard only by a rule that says so. */
    String reason(DeliveryResult.Bounced bounced, Planned row) {
        Judged judged = judged(bounced.reply(), bounced.host(), row).orElse(null);
        if (judged == null) {
            return bounced.reason();
        }
        BounceClass said = judged.kind().bounceClass();
        if (said == BounceClass.HARD && mayBeAFilter(bounced)) {
            return BounceClass.SOFT.word() + ": " + judged.says() + ", it says after the mail itself (rule "
                    + judged.rule() + ")";
        }
        boolean aboutUs = ABOUT_US.contains(bounced.verb()) && said == BounceClass.HARD;
        return (aboutUs ? BounceClass.POLICY : said).word() + ": "
                + (aboutUs ? "refused at " + bounced.verb() : judged.says()) + " (rule " + judged.rule() + ")";
    }

    /**
     * A host took the recipient and refused the mail: some call so what a filter or the person's own settings refuse. Only a status about
     * the address (RFC 3463, X.1.Y; X.4.Y of its domain) says more than such words.
     */
    private static boolean mayBeAFilter(DeliveryResult.Bounced bounced) {
        return bounced.verb().equals(FINAL_DOT) && !NO_SUCH_ADDRESS.matcher(bounced.reply()).matches();
    }

    /** As it was told, and by which rule it is known. */
    String reason(DeliveryResult.Deferred deferred, Planned row) {
        return judged(deferred.reply(), deferred.host(), row)
                .map(judged -> deferred.reason() + ": " + judged.says() + " (rule " + judged.rule() + ")")
                .orElse(deferred.reason());
    }

    /** What a refusal that was settled is about; empty: no host said it, or no rule knows it. */
    Optional<ReplyKind> kind(Outcome outcome, Planned row) {
        return judged(outcome.reply(), outcome.host(), row).map(Judged::kind);
    }

    private Optional<Judged> judged(String reply, String host, Planned row) {
        String address = row.canonical();
        return Refusal.of(reply, host, address.substring(address.lastIndexOf('@') + 1)).flatMap(rules::judge);
    }
}
