package io.caravan.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import io.caravan.transport.DnsMemory.Outcome;
import io.caravan.transport.DnsMemory.Said;

import static io.caravan.transport.DnsMemory.FAULT;

/** What a resolver's message says of a question: the alias chain followed, and for how long it holds. */
final class DnsReading {

    private static final int LONGEST_CHAIN = 16;
    private static final long MOST = Duration.ofDays(1).toSeconds();
    private static final long MOST_NEGATIVE = Duration.ofHours(3).toSeconds(); // RFC 2308 section 5

    private DnsReading() {
    }

    static Said of(Message answer, Name asked, int type, boolean authentic, String server) {
        List<Record> all = answer.getSection(Section.ANSWER);
        Name owner = asked;
        long ttl = MOST;
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            List<Record> found = new ArrayList<>();
            Name alias = null;
            for (Record record : all) {
                if (record.getName().equals(owner) && record.getType() == type) {
                    found.add(record);
                    ttl = Math.min(ttl, record.getTTL());
                } else if (record instanceof CNAMERecord cname && cname.getName().equals(owner)) {
                    alias = cname.getTarget();
                    ttl = Math.min(ttl, cname.getTTL());
                }
            }
            if (!found.isEmpty()) {
                return new Said(Outcome.RECORDS, found, seconds(ttl), authentic, server, "");
            }
            if (alias == null) {
                if (isReferral(answer)) {
                    return Said.fault(server, "knows only whom else to ask for " + asked + ": it is no resolver");
                }
                return denial(answer, owner, type, ttl, authentic, server);
            }
            owner = alias;
        }
        return Said.fault(server, "leads in a circle from " + asked);
    }

    /**
     * A denial holds for the SOA's own TTL or its minimum, whichever is less (RFC 2308 section 5). Without one it is not to be remembered,
     * so it counts as briefly as a fault, and says what it lacks.
     */
    private static Said denial(Message answer, Name last, int type, long ttl, boolean authentic, String server) {
        boolean nxdomain = answer.getRcode() == Rcode.NXDOMAIN;
        Outcome outcome = nxdomain ? Outcome.NXDOMAIN : Outcome.NO_DATA;
        SOARecord zone = voucher(answer, last, nxdomain);
        if (zone == null) {
            return new Said(outcome, List.of(), seconds(Math.min(ttl, FAULT.toSeconds())), authentic, server,
                    "says that " + last.toString(true) + (nxdomain ? " does not exist" : " has no " + Type.string(type))
                            + ", but the answer names no zone that says so");
        }
        long negative = Math.min(MOST_NEGATIVE, Math.min(zone.getTTL(), zone.getMinimum()));
        return new Said(outcome, List.of(), seconds(Math.min(ttl, negative)), authentic, server, "");
    }

    /**
     * The SOA of a zone that the name is in, or would be: whoever answers from that zone, or has asked it, sends it along (RFC 2308 section
     * 2). What a filter makes up has none, or its own. Null: there is none.
     */
    private static @Nullable SOARecord voucher(Message answer, Name last, boolean nxdomain) {
        for (Record record : answer.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa && last.subdomain(soa.getName())
                    && mayDeny(soa.getName(), last, nxdomain)) {
                return soa;
            }
        }
        return null;
    }

    /** A zone of this name would be a proof that the name exists; and the root, which has top-level domains only, has no name without data. */
    private static boolean mayDeny(Name zone, Name last, boolean nxdomain) {
        return nxdomain ? !zone.equals(last) : !zone.equals(Name.root);
    }

    /** RFC 2308 section 2.2: name servers and no SOA deny nothing, they point on. */
    private static boolean isReferral(Message answer) {
        List<Record> authority = answer.getSection(Section.AUTHORITY);
        return answer.getRcode() == Rcode.NOERROR && authority.stream().anyMatch(NSRecord.class::isInstance)
                && authority.stream().noneMatch(SOARecord.class::isInstance);
    }

    private static Duration seconds(long ttl) {
        return Duration.ofSeconds(Math.max(0, ttl));
    }
}
