package io.caravan.transport;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Which TLS a mail exchanger must have: what its TLSA records say (DANE, RFC 7672), else the MTA-STS policy of the recipient's domain
 * (RFC 8461), else what is configured. What a domain has published is not weakened by configuration; what asks for less than is configured
 * does not count.
 */
public final class TlsPolicies {

    /** Whatever is offered, for everybody; nobody is asked. */
    public static final TlsPolicies OPPORTUNISTIC = new TlsPolicies(Tls.OPPORTUNISTIC, Map.of(), null, null);

    private final Tls standard;
    private final Map<String, Tls> domains;
    private final @Nullable MtaSts sts;
    private final @Nullable Dns dane;

    /**
     * @param standard for domains that are not named
     * @param domains  by A-label, lower case
     * @param sts      null: MTA-STS is off
     * @param dane     whom to ask for TLSA records; null: DANE is off
     */
    public TlsPolicies(Tls standard, Map<String, Tls> domains, @Nullable MtaSts sts, @Nullable Dns dane) {
        this.standard = standard;
        this.domains = Map.copyOf(domains);
        this.sts = sts;
        this.dane = dane;
    }

    /** What a recipient's domain says and what is said of it here, before any host is known. */
    record ForDomain(String domain, Tls configured, boolean named, @Nullable StsPolicy sts) {

        ForDomain as(String other) {
            return new ForDomain(other, configured, named, sts);
        }

        /** Equal for domains whose mail may go over one connection. */
        String key() {
            StsPolicy policy = sts;
            return policy == null || policy.mode() == StsPolicy.Mode.NONE
                    ? configured.name()
                    : configured + " " + policy.mode() + " " + new TreeSet<>(policy.mx());
        }
    }

    /**
     * What a connection to one host needs.
     *
     * @param refused why there must be none; null: there may be one
     */
    record Choice(TlsPolicy policy, TlsLog.Policy kind, @Nullable TlsFailed refused, @Nullable TlsResult flaw) {
        /** As a report says it (RFC 8460 section 4.4, policy-string), line by line; {@code ""}: there is none. */
        String applied(ForDomain domain) {
            return switch (kind) {
                case STS -> domain.sts() == null ? "" : domain.sts().written();
                case TLSA -> policy instanceof TlsPolicy.Dane dane
                        ? dane.records().stream().map(Dns.Tlsa::written).collect(Collectors.joining("\n"))
                        : "";
                case NONE -> "";
            };
        }

        static Choice of(TlsPolicy policy, TlsLog.Policy kind) {
            return new Choice(policy, kind, null, null);
        }

        static Choice no(TlsLog.Policy kind, TlsFailed why) {
            return new Choice(TlsPolicy.OPPORTUNISTIC, kind, why, why.result);
        }
    }

    /** What is known without asking anybody; null: ask. */
    @Nullable
    ForDomain known(String domain) {
        if (sts == null || isLiteral(domain)) {
            return of(domain, null);
        }
        MtaSts.Looked known = sts.known(domain);
        return known == null ? null : of(domain, known.policy());
    }

    /** May wait for the DNS and for the server of an MTA-STS policy. */
    ForDomain of(String domain) {
        return of(domain, sts == null || isLiteral(domain) ? null : sts.of(domain));
    }

    private ForDomain of(String domain, @Nullable StsPolicy policy) {
        return new ForDomain(domain, domains.getOrDefault(domain, standard), domains.containsKey(domain), policy);
    }

    private static boolean isLiteral(String domain) {
        return domain.startsWith("[");
    }

    /**
     * May wait for the DNS.
     *
     * @param secure the DNS's answer for the domain's MX was validated. Else its hosts' TLSA records prove nothing
     */
    Choice choose(ForDomain domain, DaneLookUp.Host host, int port, boolean secure) {
        Dns asked = dane;
        if (asked == null || !secure || isLiteral(domain.domain())) {
            return withoutDane(domain, host.name());
        }
        return switch (DaneLookUp.of(asked, host, port)) {
            case DaneLookUp.Published found -> dane(asked, domain, host.name(), found);
            case DaneLookUp.Nothing _ -> withoutDane(domain, host.name());
            case DaneLookUp.KeptBack kept -> Choice.no(TlsLog.Policy.TLSA,
                    new TlsFailed(TlsFailed.NOT_VERIFIED, TlsResult.DNSSEC_INVALID, "nobody can say whether "
                            + kept.base() + " has TLSA records (" + kept.fault() + ")"));
        };
    }

    private Choice dane(Dns asked, ForDomain domain, String host, DaneLookUp.Published found) {
        List<Dns.Tlsa> usable = found.records().stream().filter(DaneCheck::isUsable).toList();
        String rule = "the TLSA records of " + found.base() + " demand it";
        if (!usable.isEmpty()) {
            return Choice.of(new TlsPolicy.Dane(usable, found.base(), nextHop(asked, domain.domain()), rule),
                    TlsLog.Policy.TLSA);
        }
        Choice other = withoutDane(domain, host);
        return other.policy().demand() != null || other.refused() != null
                ? other
                : new Choice(new TlsPolicy.Encrypted(rule), TlsLog.Policy.TLSA, null, TlsResult.TLSA_INVALID);
    }

    /** The recipient's domain, and the one that it is an alias of: its validated MX led to the host, so it may be one of the host's names. */
    private static List<String> nextHop(Dns asked, String domain) {
        return asked.mx(domain) instanceof Dns.Records<Dns.Mx> mx && mx.authentic()
                ? Stream.of(domain, mx.name()).distinct().toList()
                : List.of(domain);
    }

    private Choice withoutDane(ForDomain domain, String host) {
        StsPolicy policy = domain.sts();
        if (policy == null || policy.mode() == StsPolicy.Mode.NONE) {
            return Choice.of(configured(domain, host), TlsLog.Policy.NONE);
        }
        TlsPolicy.Verified verified = new TlsPolicy.Verified(host,
                "the MTA-STS policy of " + domain.domain() + " demands it");
        boolean named = policy.names(host);
        if (policy.mode() == StsPolicy.Mode.TESTING) {
            TlsPolicy configured = configured(domain, host);
            boolean watches = named && configured instanceof TlsPolicy.Opportunistic;
            return new Choice(watches ? new TlsPolicy.Opportunistic(verified) : configured, TlsLog.Policy.STS, null,
                    named ? null : TlsResult.VALIDATION_FAILURE);
        }
        return named
                ? Choice.of(verified, TlsLog.Policy.STS)
                : Choice.no(TlsLog.Policy.STS, new TlsFailed(TlsFailed.NOT_VERIFIED, TlsResult.VALIDATION_FAILURE,
                        "the MTA-STS policy of " + domain.domain() + " names " + String.join(", ", policy.mx())
                                + ", not " + host));
    }

    private static TlsPolicy configured(ForDomain domain, String host) {
        String key = domain.named() ? "caravan.tls.domains." + domain.domain() : "caravan.tls.default";
        return switch (domain.configured()) {
            case NONE -> new TlsPolicy.Plain();
            case OPPORTUNISTIC -> TlsPolicy.OPPORTUNISTIC;
            case REQUIRED, IMPLICIT -> new TlsPolicy.Encrypted("tls=required is set (" + key + ")");
            case VERIFIED, IMPLICIT_VERIFIED -> new TlsPolicy.Verified(host, "tls=verified is set (" + key + ")");
        };
    }
}
