package io.caravan.mailauth;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

/** Evaluates DMARC (RFC 9989 section 5.3): is the author's domain vouched for by SPF or DKIM, and what does its owner ask if not? */
public final class Dmarc {

    private final Names names;

    public Dmarc(Names names) {
        this.names = names;
    }

    /**
     * @param policy      what the record asks for this domain; {@code none} if there is no record
     * @param disposition what that comes to for this mail: {@code none} unless it fails, one level lower if the owner tests
     * @param recordAt    the domain whose record applies, empty if none does
     */
    public record Verdict(DmarcResult result, String author, DmarcPolicy policy, DmarcPolicy disposition,
            String recordAt, String reason) {

        static Verdict without(DmarcResult result, String author, String reason) {
            return new Verdict(result, author, DmarcPolicy.NONE, DmarcPolicy.NONE, "", reason);
        }
    }

    /**
     * @param author the author's domain as A-label
     * @param spf    the domains that passed SPF as MAIL FROM (none or one)
     * @param dkim   the signing domains of the signatures that passed
     */
    public Verdict check(String author, Collection<String> spf, Collection<String> dkim) {
        String domain = DomainName.ascii(author).orElse("");
        if (domain.isEmpty()) {
            return Verdict.without(DmarcResult.NONE, author, "the author's domain is no domain name");
        }
        DmarcWalk walk = new DmarcWalk(names);
        try {
            List<DmarcRecord> own = walk.at(domain);
            if (own.size() > 1) {
                return Verdict.without(DmarcResult.NONE, domain,
                        "_dmarc." + domain + " has " + own.size() + " DMARC records: none counts");
            }
            DmarcWalk.Found found = own.isEmpty() ? walk.above(domain) : new DmarcWalk.Found(domain, own.getFirst());
            if (found == null || !found.record().usable()) {
                return Verdict.without(DmarcResult.NONE, domain, found == null
                        ? "no DMARC record applies"
                        : "the record of " + found.name() + " has a policy that is none, and asks for no reports");
            }
            return verdict(walk, domain, found, ascii(spf), ascii(dkim));
        } catch (DmarcWalk.Unknown e) {
            return Verdict.without(DmarcResult.TEMPERROR, domain, String.valueOf(e.getMessage()));
        }
    }

    private static Set<String> ascii(Collection<String> domains) {
        return domains.stream().flatMap(domain -> DomainName.ascii(domain).stream()).collect(Collectors.toSet());
    }

    private Verdict verdict(DmarcWalk walk, String domain, DmarcWalk.Found found, Set<String> spf, Set<String> dkim)
            throws DmarcWalk.Unknown {
        DmarcRecord record = found.record();
        DmarcPolicy policy = found.name().equals(domain)
                ? record.p()
                : record.below(record.np() == null || exists(domain));
        String aligned = aligned(walk, domain, record, spf, dkim);
        if (aligned != null) {
            return new Verdict(DmarcResult.PASS, domain, policy, DmarcPolicy.NONE, found.name(), aligned);
        }
        return new Verdict(DmarcResult.FAIL, domain, policy, record.testing() ? policy.lower() : policy, found.name(),
                spf.isEmpty() && dkim.isEmpty()
                        ? "neither SPF nor DKIM passed"
                        : "what passed is not aligned: "
                                + Stream.concat(spf.stream().sorted(), dkim.stream().sorted()).distinct()
                                        .collect(Collectors.joining(", ")));
    }

    /** What is aligned, for people; null if nothing is. A fault counts only if no other domain is aligned. */
    private static @Nullable String aligned(DmarcWalk walk, String domain, DmarcRecord record, Set<String> spf,
            Set<String> dkim) throws DmarcWalk.Unknown {
        if (dkim.contains(domain)) {
            return "DKIM of " + domain;
        }
        if (spf.contains(domain)) {
            return "SPF of " + domain;
        }
        DmarcWalk.Unknown fault = null;
        for (String word : List.of("DKIM", "SPF")) {
            boolean strict = word.equals("DKIM") ? record.strictDkim() : record.strictSpf();
            for (String other : strict ? Set.<String>of() : word.equals("DKIM") ? dkim : spf) {
                try {
                    if (isOfOneOrganization(walk, domain, other)) {
                        return word + " of " + other;
                    }
                } catch (DmarcWalk.Unknown e) {
                    fault = e;
                }
            }
        }
        if (fault != null) {
            throw fault;
        }
        return null;
    }

    private static boolean isOfOneOrganization(DmarcWalk walk, String a, String b) throws DmarcWalk.Unknown {
        boolean strangers = !DomainName.last(a, 1).equals(DomainName.last(b, 1)); // no name above both: nothing to ask
        return !strangers && walk.organization(a).equals(walk.organization(b));
    }

    /** In doubt a name exists: the policy for those that do not is the harsher one as a rule (RFC 9989 section 3.2.13, RFC 8020). */
    private boolean exists(String domain) {
        return !(names.look(Type.A, domain) instanceof Answer.None none) || none.nameExists();
    }
}
