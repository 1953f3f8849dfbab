package io.caravan.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

import io.caravan.transport.DnsMemory.Outcome;
import io.caravan.transport.DnsMemory.Said;

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
                boolean nothing = answer.getRcode() == Rcode.NXDOMAIN;
                return new Said(nothing ? Outcome.NXDOMAIN : Outcome.NO_DATA, List.of(),
                        seconds(Math.min(ttl, negative(answer))), authentic, server, "");
            }
            owner = alias;
        }
        return Said.fault(server, "leads in a circle from " + asked);
    }

    /** RFC 2308 section 5: the SOA's own TTL or its minimum, whichever is less; without SOA it is not to be remembered. */
    private static long negative(Message answer) {
        for (Record record : answer.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                return Math.min(MOST_NEGATIVE, Math.min(soa.getTTL(), soa.getMinimum()));
            }
        }
        return 0;
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
