package io.caravan.mailbox;

import java.time.Instant;
import java.util.List;

import io.caravan.mail.InvalidInput;

/**
 * What somebody looks for in the mailbox: every term must hold.
 *
 * <p>Written {@code from: to: subject: tag: campaign: run: before: after: has:attachment} and free words, a value with spaces in quotes, a
 * {@code -} before a term for its opposite.
 */
public record MailQuery(List<Term> terms) {

    public static final MailQuery ALL = new MailQuery(List.of());

    /** One condition. */
    public sealed interface Term {
    }

    /** Where a text is looked for. */
    public enum Field {
        FROM, TO, SUBJECT, ANYWHERE
    }

    /** The field contains the text, upper and lower case alike. */
    public record Contains(Field field, String text) implements Term {
    }

    /** Exactly this recipient, upper and lower case alike: found without looking through the mails. */
    public record Recipient(String address) implements Term {
    }

    /** @param tag {@code name}, {@code value} or {@code name=value} */
    public record Tagged(String tag) implements Term {
    }

    /** @param name exactly, or the beginning of it when it ends in {@code *} */
    public record OfCampaign(String name) implements Term {
    }

    /** @param run the run's id, as it stands in the address of its page and before the dot of a row */
    public record OfRun(long run) implements Term {
    }

    public record WithAttachment() implements Term {
    }

    /** Received before the moment. */
    public record Before(Instant moment) implements Term {
    }

    /** Received at the moment or later. */
    public record After(Instant moment) implements Term {
    }

    public record Not(Term term) implements Term {
    }

    /**
     * @param now what {@code after:2h} is counted from
     * @throws InvalidInput with every problem: what is not understood, and what to write
     */
    public static MailQuery parse(String text, Instant now) {
        return new MailQueryReader(now).read(text);
    }
}
