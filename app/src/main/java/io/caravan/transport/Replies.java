package io.caravan.transport;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.SmtpReply;

/**
 * Makes results of replies: by the verb that was answered, then the enhanced status (RFC 3463), then the text.
 *
 * <p>Only what plainly says that the address is no good is hard, since hard suppresses a person; when in doubt it is soft.
 */
final class Replies {

    /** What follows from an enhanced status 5.x.y; {@code detail} -1: any. First match counts; what is not here is up to the text. */
    private record ByStatus(int subject, int detail, BounceClass bounceClass) {
    }

    private record ByText(Pattern text, BounceClass bounceClass) {
        ByText(BounceClass bounceClass, String... words) {
            this(Pattern.compile(String.join("|", words)), bounceClass);
        }
    }

    private static final List<ByStatus> STATUSES = List.of(
            new ByStatus(1, 1, BounceClass.HARD), // bad mailbox
            new ByStatus(1, 2, BounceClass.HARD), // bad domain
            new ByStatus(1, 3, BounceClass.HARD), // bad syntax
            new ByStatus(1, 6, BounceClass.HARD), // moved, no forwarding
            new ByStatus(1, 10, BounceClass.HARD), // null MX or not found (RFC 7505)
            new ByStatus(1, 7, BounceClass.POLICY), // the sender's address
            new ByStatus(1, 8, BounceClass.POLICY),
            new ByStatus(2, -1, BounceClass.SOFT), // mailbox full, off
            new ByStatus(3, -1, BounceClass.SOFT), // their system, too big
            new ByStatus(4, 4, BounceClass.HARD), // no route: the domain has no host
            new ByStatus(4, -1, BounceClass.SOFT),
            new ByStatus(6, -1, BounceClass.SOFT), // content they cannot convert
            new ByStatus(7, -1, BounceClass.POLICY));

    private static final List<ByText> TEXTS = List.of(
            new ByText(BounceClass.SOFT, "mailbox (is )?full", "quota", "too (large|big)", "exceeds", "temporar",
                    "try again", "stuffed",
                    "suspended", "inactive", "disabled"),
            new ByText(BounceClass.POLICY, "\\bspam", "black ?list", "block ?list", "deny ?list", "\\bblocked\\b",
                    "spamhaus", "spamcop",
                    "reputation", "\\bspf\\b", "\\bdkim\\b", "\\bdmarc\\b", "\\bptr\\b", "reverse dns", "client ip",
                    "\\bpolicy\\b",
                    "sender (address )?rejected", "relay(ing)? (access )?denied", "authentication (is )?required",
                    "\\bvirus",
                    "unsolicited", "bulk mail"),
            new ByText(BounceClass.HARD, "user unknown", "unknown user",
                    "no such (user|recipient|mailbox|address|domain|person)",
                    "user (does )?not (exist|found)",
                    "(recipient|mailbox|account|address|domain|user) (is )?(unknown|invalid)",
                    "(unknown|invalid) (recipient|mailbox|account|address|domain)",
                    "(recipient|mailbox|account|address) (does not exist|not found)",
                    "no mailbox", "mailbox unavailable", "host unknown", "host does not accept mail",
                    "domain (is )?not (reachable|found)",
                    "not a valid (recipient|mailbox|user)", "does ?n[o']t have an? .{0,30}account"));

    private static final Pattern ADDRESS = Pattern.compile("\\S*@\\S*");

    private Replies() {
    }

    /** @throws LineLost if this code cannot answer this verb: the conversation has lost its step */
    static DeliveryResult result(String host, Stage stage, SmtpReply reply) throws LineLost {
        String status = reply.status().map(EnhancedStatus::toString).orElse("");
        String line = reply.oneLine();
        if (reply.isPositive() && stage == Stage.DOT) {
            return new DeliveryResult.Accepted(host, status, line);
        }
        if (reply.isTransient()) {
            return new DeliveryResult.Deferred(host, status, line, stage.word + " answered " + reply.code());
        }
        if (!reply.isPermanent()) {
            throw new LineLost(stage.word + " was answered with " + line);
        }
        if (isOurSetUp(stage, reply)) {
            return new DeliveryResult.Deferred(host, status, line,
                    stage.word + " answered " + reply.code() + ": the relay and its configuration here do not agree");
        }
        return new DeliveryResult.Bounced(host, status, line, bounceClass(stage, reply));
    }

    /** A wrong sequence, a missing login: no fault of this mail or its recipient, and somebody can mend it before the retries run out. */
    private static boolean isOurSetUp(Stage stage, SmtpReply reply) {
        if (stage != Stage.MAIL && stage != Stage.DATA) {
            return false;
        }
        int code = reply.code();
        return code <= 504 || code == 530 || code == 534 || code == 535 || code == 538;
    }

    static BounceClass bounceClass(Stage stage, SmtpReply reply) {
        BounceClass said = said(reply);
        return switch (stage) {
            case MAIL, DATA -> said == BounceClass.SOFT ? said : BounceClass.POLICY; // no recipient is judged here: never hard
            case DOT -> said == null ? BounceClass.POLICY : said;
            case CONNECT, GREETING, EHLO, STARTTLS, AUTH, RSET, RCPT, CONTENT, QUIT ->
                said == null ? BounceClass.SOFT : said;
        };
    }

    private static @Nullable BounceClass said(SmtpReply reply) {
        EnhancedStatus status = reply.status().orElse(null);
        if (status != null && status.klass() == 5) {
            for (ByStatus rule : STATUSES) {
                if (rule.subject == status.subject() && (rule.detail == -1 || rule.detail == status.detail())) {
                    return rule.bounceClass;
                }
            }
        }
        // addresses out first: somebody may be called spam@
        String text = ADDRESS.matcher(String.join(" ", reply.lines()).toLowerCase(Locale.ROOT)).replaceAll(" ");
        for (ByText rule : TEXTS) {
            if (rule.text.matcher(text).find()) {
                return rule.bounceClass;
            }
        }
        return switch (reply.code()) {
            case 552 -> BounceClass.SOFT;
            case 521, 556 -> BounceClass.HARD; // the host or domain takes no mail (RFC 7504)
            case 554 -> BounceClass.POLICY;
            default -> null;
        };
    }
}
