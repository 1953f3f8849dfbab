package io.caravan.flow;

import java.util.Optional;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.SmtpReply;
import io.caravan.shaping.ReplyRules;
import io.caravan.shaping.ReplyRules.Judged;
import io.caravan.shaping.ReplyRules.Refusal;
import io.caravan.shaping.Verb;

/** What a host's refusal means for its row: the rule that knows it, in the words of the ledger's reason. */
@Component
class Refusals {

    /** A rule of {@code reply-rules.yaml}. */
    private static final String RELAY_REFUSED = "relay-refused";

    private final ReplyRules rules;

    Refusals(ReplyRules rules) {
        this.rules = rules;
    }

    /** {@code hard: no such mailbox (rule no-such-mailbox)}; begins with the class, which is hard only by a rule that says so. */
    String reason(DeliveryResult.Bounced bounced, Planned row) {
        return judged(bounced.reply(), bounced.host(), bounced.verb(), row)
                .map(judged -> judged.kind().bounceClass().word() + ": " + judged.says() + " (rule " + judged.rule()
                        + ")")
                .orElse(bounced.reason());
    }

    /** As it was told, and by which rule it is known. */
    String reason(DeliveryResult.Deferred deferred, Planned row) {
        return judged(deferred.reply(), deferred.host(), deferred.verb(), row)
                .map(judged -> deferred.reason() + ": " + judged.says() + " (rule " + judged.rule() + ")")
                .orElse(deferred.reason());
    }

    /** What a refusal that was settled is about, and whose fault; empty: no host said it, or no rule knows it. */
    Optional<Judged> judged(Outcome outcome, Planned row) {
        return judged(outcome.reply(), outcome.host(), outcome.verb(), row);
    }

    /** The same of a reply that settled nothing. */
    Optional<Judged> judged(SmtpReply reply, Planned row) {
        return judged(reply.oneLine(), "", "", row);
    }

    /** True if the host does not relay for us: of a relay that is no word about the recipient. */
    boolean refusesToRelay(SmtpReply reply) {
        return refusesToRelay(reply.oneLine());
    }

    /** The same of a reply as it is kept: in one line. */
    boolean refusesToRelay(String reply) {
        return Refusal.of(reply, "", "", Verb.RCPT).flatMap(rules::judge)
                .filter(judged -> judged.rule().equals(RELAY_REFUSED)).isPresent();
    }

    private Optional<Judged> judged(String reply, String host, String verb, Planned row) {
        String address = row.canonical();
        return Refusal.of(reply, host, address.substring(address.lastIndexOf('@') + 1), Verb.of(verb))
                .flatMap(rules::judge);
    }
}
