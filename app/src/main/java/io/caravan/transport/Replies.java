package io.caravan.transport;

import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EnhancedStatus;
import io.caravan.mail.SmtpReply;

/**
 * Makes results of replies by code and the verb that was answered. What the words mean, and so whether an address is no good, is judged by
 * rules that an owner can change ({@code shaping.ReplyRules}); here nothing is ever hard.
 */
final class Replies {

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
            return new DeliveryResult.Deferred(host, status, line, stage.word + " answered " + reply.code(),
                    stage.word);
        }
        if (!reply.isPermanent()) {
            throw new LineLost(stage.word + " was answered with " + line);
        }
        if (isOurSetUp(stage, reply)) {
            return new DeliveryResult.Deferred(host, status, line,
                    stage.word + " answered " + reply.code() + ": the relay and its configuration here do not agree",
                    stage.word);
        }
        return new DeliveryResult.Bounced(host, status, line, bounceClass(stage), stage.word);
    }

    /**
     * A wrong sequence, a missing login: no fault of this mail or its recipient, and somebody can mend it before the retries run out. Many
     * hosts, Postfix as it comes, say at RCPT what they hold against EHLO or MAIL; 501 and its like are about the address there.
     */
    private static boolean isOurSetUp(Stage stage, SmtpReply reply) {
        return switch (stage) {
            case MAIL, DATA -> reply.code() <= 504 || wantsOtherSetUp(reply.code());
            case RCPT -> wantsOtherSetUp(reply.code());
            case CONNECT, GREETING, EHLO, STARTTLS, AUTH, RSET, CONTENT, DOT, QUIT -> false;
        };
    }

    private static boolean wantsOtherSetUp(int code) {
        return code == 504 || code == 530 || code == 534 || code == 535 || code == 538;
    }

    /** As long as no rule knows better: at RCPT it is about the mailbox, at all else about us or what we send. */
    private static BounceClass bounceClass(Stage stage) {
        return switch (stage) {
            case MAIL, DATA, DOT -> BounceClass.POLICY;
            case CONNECT, GREETING, EHLO, STARTTLS, AUTH, RSET, RCPT, CONTENT, QUIT -> BounceClass.SOFT;
        };
    }
}
