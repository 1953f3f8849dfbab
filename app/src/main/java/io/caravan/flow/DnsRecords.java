package io.caravan.flow;

import java.util.List;

import io.caravan.mail.TemporaryFault;
import io.caravan.transport.Dns;

/** What the same resolver says that mail is routed by. */
public final class DnsRecords implements PublishedRecords {

    private final Dns dns;

    /** @param dns one that remembers nothing: who was told that a record is missing publishes it and asks again */
    public DnsRecords(Dns dns) {
        this.dns = dns;
    }

    @Override
    public List<String> txt(String name) {
        return switch (dns.txt(name)) {
            case Dns.Records<String> found -> found.list();
            case Dns.None<String> _ -> List.of();
            case Dns.Fault<String> silent ->
                throw new TemporaryFault("the DNS gives no answer for " + name + ": " + silent);
        };
    }
}
