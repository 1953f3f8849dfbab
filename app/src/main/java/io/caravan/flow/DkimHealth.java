package io.caravan.flow;

import java.time.temporal.ChronoUnit;
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
 * Who computes signatures, whose mail is signed with what, and whose signatures receivers cannot verify, since the record is not in the DNS
 * any more. Never down: unsigned mail is a choice, a restart mends no record, and a database that is away is told by others.
 */
@Component("dkimHealthIndicator")
class DkimHealth implements HealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(DkimHealth.class);

    private final DkimDesk desk;
    private final RecordWatch records;

    DkimHealth(DkimDesk desk, RecordWatch records) {
        this.desk = desk;
        this.records = records;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up().withDetail("provider", DkimDesk.provider());
        try {
            Map<String, List<RecordWatch.Look>> looks = records.all();
            Map<String, String> identities = desk.standings().stream().collect(Collectors.toMap(
                    DkimDesk.Standing::identity,
                    each -> words(each) + words(looks.getOrDefault(each.domain(), List.of())), (one, _) -> one,
                    TreeMap::new));
            health.withDetail("identities", identities);
        } catch (RuntimeException away) {
            log.debug("event=dkim-health-unknown what={}", away.toString());
            health.withDetail("identities", "unknown: the database does not answer");
        }
        return health.build();
    }

    static String words(DkimDesk.Standing standing) {
        if (!standing.signing().isEmpty() && !standing.held()) {
            return standing.leaves();
        }
        String verb = "'caravan dkim " + standing.identity() + " ";
        String state = standing.held()
                ? "held: " + standing.why() + "; "
                : standing.givenUp() == null
                        ? "unsigned: no key signs; "
                        : "unsigned: signing was given up at " + standing.givenUp().truncatedTo(ChronoUnit.SECONDS)
                                + "; to sign again, ";
        return state + (standing.waiting()
                ? "publish the record of the new one and activate it"
                : "make one with " + verb + "new'")
                + (standing.held()
                        ? ", or let its mail go " + standing.leaves() + " with " + verb + "unsigned'"
                        : "");
    }

    /** Empty: all that sign can be verified. */
    private static String words(List<RecordWatch.Look> looks) {
        return looks.stream().map(look -> {
            String key = look.algorithm() + " " + look.selector()
                    + (look.again() ? ", which signs what is tried again" : "");
            return switch (look.found()) {
                case RecordFound.Right _ -> "";
                case RecordFound.Wrong wrong -> "; receivers cannot verify " + key + ": " + wrong.advice();
                case RecordFound.Unknown unknown ->
                    "; whether receivers can verify " + key + " is unknown: " + unknown.why();
            };
        }).collect(Collectors.joining());
    }
}
