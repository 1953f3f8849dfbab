package io.caravan.mailauth;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** All checks of one stored mail. */
public final class Verification {

    /** More domains in one From field are a trick or a mistake (RFC 9989 section 11.5). */
    private static final int MOST_AUTHORS = 5;

    private final Names names;
    private final Clock clock;

    public Verification(Names names, Clock clock) {
        this.names = names;
        this.clock = clock;
    }

    /**
     * What the host that took the mail knew and the mail itself does not say.
     *
     * @param ip       the client's address, empty if unknown: SPF is {@code none} then
     * @param helo     the name in HELO or EHLO, empty if unknown
     * @param mailFrom the envelope sender without angle brackets, empty for a bounce, null if unknown: SPF is of the HELO name then, and DMARC
     *                 hears nothing of it
     */
    public record Client(String ip, String helo, @Nullable String mailFrom) {
    }

    /** @param dkim a verdict for each signature, from the top */
    public record Report(Spf.Verdict spf, List<Dkim.Verdict> dkim, Dmarc.Verdict dmarc, Arc.Verdict arc) {
        public Report {
            dkim = List.copyOf(dkim);
        }
    }

    /** Never throws, whatever the mail or the DNS says. */
    public Report check(RawMail mail, Client client) {
        Spf.Verdict spf = spf(client);
        List<Dkim.Verdict> dkim = new Dkim(names).check(mail, received(mail));
        List<String> vouched = spf.result() == SpfResult.PASS && client.mailFrom() != null
                ? List.of(spf.domain())
                : List.of();
        List<String> signed = dkim.stream().filter(verdict -> verdict.result() == DkimResult.PASS)
                .map(Dkim.Verdict::domain).toList();
        return new Report(spf, dkim, dmarc(mail, vouched, signed), new Arc(names).check(mail));
    }

    /** DMARC takes the result of the sender alone (RFC 9989 section 4.4.2): a pass without one says so. */
    private Spf.Verdict spf(Client client) {
        if (client.ip().isEmpty()) {
            return new Spf.Verdict(SpfResult.NONE, "", "the client's address is not known", "");
        }
        String mailFrom = client.mailFrom();
        Spf.Verdict spf = new Spf(names, clock).check(client.ip(), client.helo(), mailFrom == null ? "" : mailFrom);
        return mailFrom != null || spf.result() != SpfResult.PASS
                ? spf
                : new Spf.Verdict(spf.result(), spf.domain(), spf.reason()
                        + "; of the HELO name, as the sender is not known: DMARC does not count it", spf.explanation());
    }

    /** A time that is to come was not written by an honest clock. */
    private Instant received(RawMail mail) {
        Instant now = clock.instant();
        return ReceivedDate.of(mail).filter(date -> date.isBefore(now)).orElse(now);
    }

    private Dmarc.Verdict dmarc(RawMail mail, List<String> spf, List<String> dkim) {
        List<RawMail.Field> from = mail.fields("from");
        if (from.size() != 1) {
            return Dmarc.Verdict.without(from.isEmpty() ? DmarcResult.NONE : DmarcResult.PERMERROR, "",
                    from.isEmpty() ? "the mail has no From" : "the mail has " + from.size() + " From fields");
        }
        AuthorDomains.Found found = AuthorDomains.of(from.getFirst().value());
        Set<String> authors = found.domains();
        if (authors.size() > MOST_AUTHORS) {
            return Dmarc.Verdict.without(DmarcResult.PERMERROR, "", "From names " + authors.size() + " domains");
        }
        Dmarc dmarc = new Dmarc(names);
        List<Dmarc.Verdict> verdicts = new ArrayList<>(authors.size() + 2);
        authors.forEach(author -> verdicts.add(dmarc.check(author, spf, dkim)));
        if (!found.malformed().isEmpty()) {
            verdicts.add(Dmarc.Verdict.without(DmarcResult.PERMERROR, "", found.malformed()));
        }
        if (authors.isEmpty() || found.left()) {
            verdicts.add(Dmarc.Verdict.without(DmarcResult.NONE, "", authors.isEmpty()
                    ? "From names no domain that could be checked"
                    : "From names an address whose domain cannot be checked"));
        }
        return verdicts.stream().reduce(Verification::worse).orElseThrow();
    }

    /** Of several authors the one that is worst off decides, and of two that fail the one that asks for more (section 11.5). */
    private static Dmarc.Verdict worse(Dmarc.Verdict a, Dmarc.Verdict b) {
        int difference = badness(a) - badness(b);
        return difference > 0 || difference == 0 && a.disposition().compareTo(b.disposition()) >= 0 ? a : b;
    }

    private static int badness(Dmarc.Verdict verdict) {
        return switch (verdict.result()) {
            case PASS -> 0;
            case NONE -> 1;
            case TEMPERROR -> 2;
            case PERMERROR -> 3;
            case FAIL -> 4;
        };
    }
}
