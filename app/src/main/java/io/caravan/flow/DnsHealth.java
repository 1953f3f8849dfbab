package io.caravan.flow;

import java.util.Map;
import java.util.TreeMap;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

import io.caravan.transport.Denials;

/**
 * DNS servers that deny names without the record that proves it. What they deny is deferred until it expires, never bounced, so a run to a
 * list with dead domains stays open for days: that is a matter of the server, which one deferral alone does not tell. Never down.
 */
@Component("dnsHealthIndicator")
class DnsHealth implements HealthIndicator {

    private final Denials denials;

    DnsHealth(Denials denials) {
        this.denials = denials;
    }

    @Override
    public Health health() {
        Map<String, String> servers = new TreeMap<>();
        denials.byServer().forEach((server, count) -> {
            if (count.doubtful() > 0) {
                servers.put(server, words(count));
            }
        });
        Health.Builder health = Health.up();
        return servers.isEmpty() ? health.build() : health.withDetail("unproved_denials", servers).build();
    }

    private static String words(Denials.Count count) {
        return count.doubtful() + " of its " + count.all()
                + " denials since the start lacked the zone's SOA record (RFC 2308 section 2), so mail was deferred that may have no"
                + " domain; the last one " + count.why()
                + (count.doubtful() == count.all()
                        ? ". This server seems to leave it out always: name another one in caravan.dns.servers"
                        : "");
    }
}
