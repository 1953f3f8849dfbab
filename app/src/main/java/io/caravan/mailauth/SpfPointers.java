package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

/** The names that a client's address points to and that point back (RFC 7208 section 5.5); looked up once, when first needed. */
final class SpfPointers {

    private static final int MOST = 10;

    private final Names names;
    private final IpAddress ip;
    private @Nullable List<String> validated;
    private boolean none;

    SpfPointers(Names names, IpAddress ip) {
        this.names = names;
        this.ip = ip;
    }

    /** True if the address surely has no PTR record, not if the DNS gave no answer. */
    boolean none() {
        all();
        return none;
    }

    /** The first such name that is the domain or below it, null if there is none. */
    @Nullable
    String validated(String domain) {
        return all().stream().filter(name -> DomainName.isSameOrBelow(name, domain)).findFirst().orElse(null);
    }

    /** The macro {@code p}: the domain itself, else one below it, else any, else {@code unknown} (section 7.3). */
    String name(String domain) {
        String within = all().stream().filter(domain::equalsIgnoreCase).findFirst().orElse(validated(domain));
        return within != null ? within : all().isEmpty() ? "unknown" : all().getFirst();
    }

    private List<String> all() {
        if (validated == null) {
            validated = lookUp();
        }
        return validated;
    }

    private List<String> lookUp() {
        List<String> found = new ArrayList<>();
        Answer answer = names.look(Type.PTR, ip.pointer());
        none = answer instanceof Answer.None;
        if (answer instanceof Answer.Found pointers) {
            pointers.values().stream().limit(MOST).filter(this::pointsBack).forEach(found::add);
        }
        return found;
    }

    private boolean pointsBack(String name) {
        return DomainName.canBeAsked(name)
                && names.look(ip.isIpv6() ? Type.AAAA : Type.A, name) instanceof Answer.Found found
                && found.values().stream()
                        .anyMatch(address -> ip.isIn(IpAddress.parse(address).orElse(null), ip.bits()));
    }
}
