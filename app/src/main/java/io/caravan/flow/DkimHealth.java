package io.caravan.flow;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Who computes signatures, and whose mail is signed with what. Never down: unsigned mail is a choice, and a database that is away is told by
 * others.
 */
@Component("dkimHealthIndicator")
class DkimHealth implements HealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(DkimHealth.class);

    private final DkimDesk desk;

    DkimHealth(DkimDesk desk) {
        this.desk = desk;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up().withDetail("provider", DkimDesk.provider());
        try {
            Map<String, String> identities = desk.standings().stream().collect(Collectors
                    .toMap(DkimDesk.Standing::identity, DkimHealth::words, (one, _) -> one, TreeMap::new));
            health.withDetail("identities", identities);
        } catch (RuntimeException away) {
            log.debug("event=dkim-health-unknown what={}", away.toString());
            health.withDetail("identities", "unknown: the database does not answer");
        }
        return health.build();
    }

    static String words(DkimDesk.Standing standing) {
        List<String> signing = standing.signing();
        return signing.isEmpty()
                ? (standing.held() ? "held: its key was retired and no other signs; " : "unsigned: no key signs; ")
                        + (standing.waiting()
                                ? "publish the record of the new one and activate it"
                                : "make one with 'caravan dkim " + standing.identity() + " new'")
                : "signed with " + String.join(" and ", signing);
    }
}
