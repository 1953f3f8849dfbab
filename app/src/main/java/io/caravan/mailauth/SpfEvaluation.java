package io.caravan.mailauth;

import java.time.Clock;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

/** One {@code check_host()} with all that it includes, and the limits they share (RFC 7208 section 4). */
final class SpfEvaluation {

    /** Terms that make look-ups (section 4.6.4). */
    private static final int MOST_TERMS = 10;
    private static final int MOST_VOID = 2;
    private static final int MOST_HOSTS = 10;
    private static final int LONGEST_NAME = 253;
    private static final String WITH_LOCAL_PART = "sl";

    private final Names names;
    private final Clock clock;
    private final IpAddress ip;
    private final String helo;
    private final String local;
    private final String senderDomain;
    private final SpfPointers pointers;

    private int terms;
    private int empty;
    private String matched = "nothing in the record matches";
    private String explanation = "";

    SpfEvaluation(Names names, Clock clock, IpAddress ip, String helo, String local, String senderDomain) {
        this.names = names;
        this.clock = clock;
        this.ip = ip;
        this.helo = helo;
        this.local = local;
        this.senderDomain = senderDomain;
        pointers = new SpfPointers(names, ip);
    }

    Spf.Verdict verdict() {
        try {
            SpfResult result = check(senderDomain, true);
            return new Spf.Verdict(result, senderDomain,
                    result == SpfResult.NONE ? senderDomain + " has no SPF record" : matched, explanation);
        } catch (SpfFault e) {
            return new Spf.Verdict(e.result(), senderDomain, e.why(), "");
        }
    }

    private SpfResult check(String domain, boolean outermost) throws SpfFault {
        SpfRecord spf = record(domain);
        if (spf == null) {
            return SpfResult.NONE;
        }
        for (SpfTerm term : spf.terms()) {
            if (matches(term.mechanism(), domain)) {
                if (outermost) {
                    matched = "'" + term.written() + "' of " + domain + " matches";
                    explain(term.result(), spf.explanation(), domain);
                }
                return term.result();
            }
        }
        return spf.redirect() == null ? SpfResult.NEUTRAL : redirected(spf.redirect(), domain, outermost);
    }

    private SpfResult redirected(MacroString spec, String domain, boolean outermost) throws SpfFault {
        count();
        if (cannotBeExpanded(spec)) {
            throw SpfFault.permanent("redirect= needs the sender's local part, which cannot be in a domain name");
        }
        String target = target(spec, domain);
        SpfResult result = DomainName.canBeAsked(target) ? check(target, outermost) : SpfResult.NONE;
        if (result == SpfResult.NONE) {
            throw SpfFault.permanent("redirect=" + MacroString.printable(target) + " leads to no SPF record");
        }
        return result;
    }

    private @Nullable SpfRecord record(String domain) throws SpfFault {
        List<String> found = switch (names.look(Type.TXT, domain)) {
            case Answer.Found all -> all.values().stream().filter(SpfRecord::isOne).toList();
            case Answer.None none -> List.of();
            case Answer.Fault fault -> throw SpfFault.temporary(fault.why());
        };
        if (found.size() > 1) {
            throw SpfFault.permanent(domain + " has " + found.size() + " SPF records");
        }
        return found.isEmpty() ? null : SpfRecord.parse(found.getFirst());
    }

    private boolean matches(SpfTerm.Mechanism mechanism, String domain) throws SpfFault {
        if (cannotBeExpanded(mechanism.domain())) {
            count();
            return false;
        }
        return switch (mechanism) {
            case SpfTerm.All all -> true;
            case SpfTerm.Ip network -> ip.isIn(network.network(), network.bits());
            case SpfTerm.Include include -> includes(include, domain);
            case SpfTerm.A a -> {
                count();
                yield isAt(target(a.domain(), domain), bits(a.bits4(), a.bits6()), true);
            }
            case SpfTerm.Mx mx -> isAtMx(mx, domain);
            case SpfTerm.Exists exists -> {
                count();
                yield !looked(Type.A, target(exists.domain(), domain), true).isEmpty();
            }
            case SpfTerm.Ptr ptr -> {
                count();
                String target = target(ptr.domain(), domain);
                if (pointers.none()) {
                    countVoid(ip.pointer());
                }
                yield pointers.validated(target) != null;
            }
        };
    }

    /**
     * True for a domain made of a local part that no domain name can have: a mechanism does not match then (RFC 8616 section 4). A redirect has
     * no match to lack: its target is malformed, which is a permanent error (RFC 7208 section 6.1).
     */
    private boolean cannotBeExpanded(@Nullable MacroString spec) {
        return spec != null && local.chars().anyMatch(c -> c > 0x7f) && spec.usesAnyOf(WITH_LOCAL_PART);
    }

    private boolean includes(SpfTerm.Include include, String domain) throws SpfFault {
        count();
        String target = target(include.domain(), domain);
        return switch (DomainName.canBeAsked(target) ? check(target, false) : SpfResult.NONE) {
            case PASS -> true;
            case FAIL, SOFTFAIL, NEUTRAL -> false;
            case TEMPERROR -> throw SpfFault.temporary("include:" + target + " cannot be looked up");
            case PERMERROR, NONE ->
                throw SpfFault.permanent("include:" + MacroString.printable(target) + " has no SPF record");
        };
    }

    private boolean isAtMx(SpfTerm.Mx mx, String domain) throws SpfFault {
        count();
        List<String> hosts = looked(Type.MX, target(mx.domain(), domain), true);
        if (hosts.size() > MOST_HOSTS) {
            throw SpfFault.permanent("mx of " + domain + " has " + hosts.size() + " hosts, more than " + MOST_HOSTS);
        }
        for (String host : hosts) {
            if (isAt(host, bits(mx.bits4(), mx.bits6()), false)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAt(String host, int bits, boolean countsVoid) throws SpfFault {
        return looked(ip.isIpv6() ? Type.AAAA : Type.A, host, countsVoid).stream()
                .anyMatch(address -> ip.isIn(IpAddress.parse(address).orElse(null), bits));
    }

    private int bits(int four, int six) {
        return ip.isIpv6() ? six : four;
    }

    /** A name that no question can be made of has no records (section 4.3). */
    private List<String> looked(Type type, String name, boolean countsVoid) throws SpfFault {
        if (!DomainName.canBeAsked(name)) {
            return List.of();
        }
        return switch (names.look(type, name)) {
            case Answer.Found found -> found.values();
            case Answer.Fault fault -> throw SpfFault.temporary(fault.why());
            case Answer.None none -> {
                if (countsVoid) {
                    countVoid(name);
                }
                yield List.of();
            }
        };
    }

    private void count() throws SpfFault {
        if (++terms > MOST_TERMS) {
            throw SpfFault.permanent("the record needs more than " + MOST_TERMS + " look-ups");
        }
    }

    private void countVoid(String name) throws SpfFault {
        if (++empty > MOST_VOID) {
            throw SpfFault.permanent("more than " + MOST_VOID + " look-ups found nothing, the last for " + name);
        }
    }

    private String target(@Nullable MacroString spec, String domain) throws SpfFault {
        if (spec == null) {
            return domain;
        }
        String name = spec.expand(letter -> letter(letter, domain));
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.length() <= LONGEST_NAME) {
            return name;
        }
        int cut = name.indexOf('.', name.length() - LONGEST_NAME - 1); // section 7.3: whole labels go, from the left
        return name.substring((cut >= 0 ? cut : name.lastIndexOf('.')) + 1);
    }

    private String letter(char letter, String domain) {
        return switch (letter) {
            case 's' -> local + "@" + senderDomain;
            case 'l' -> local;
            case 'o' -> senderDomain;
            case 'd' -> domain;
            case 'i' -> ip.dotted();
            case 'p' -> pointers.name(domain);
            case 'v' -> ip.family();
            case 'h' -> helo;
            case 'c' -> ip.toString();
            case 't' -> Long.toString(clock.instant().getEpochSecond());
            default -> "unknown"; // r: the name of the host that checks
        };
    }

    /** Whatever goes wrong with an explanation, the result stands without it (section 6.2). */
    private void explain(SpfResult result, @Nullable MacroString spec, String domain) {
        if (result != SpfResult.FAIL || spec == null || cannotBeExpanded(spec)) {
            return;
        }
        try {
            String name = target(spec, domain).toLowerCase(Locale.ROOT);
            if (DomainName.canBeAsked(name) && names.look(Type.TXT, name) instanceof Answer.Found found
                    && found.values().size() == 1) {
                explanation = MacroString.explanation(found.values().getFirst())
                        .expand(letter -> letter(letter, domain));
            }
        } catch (SpfFault e) {
            explanation = "";
        }
    }
}
