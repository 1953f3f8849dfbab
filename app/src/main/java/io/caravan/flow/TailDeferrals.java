package io.caravan.flow;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.mail.RowId;
import io.caravan.pacing.Lanes;

/**
 * Which deferrals count in the lane of the small providers: of each domain one a minute. They have nothing to do with each other, and one that
 * is down for a day would be all that the lane hears once its other mail is out; what is wrong with us, many of them say.
 */
final class TailDeferrals {

    private static final int MOST = 50_000;

    private record Heard(int lane, String domain, Instant minute) {
    }

    private final Lanes lanes;
    private final Map<Integer, Boolean> tails = new HashMap<>();
    private final Map<Heard, RowId> first = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Heard, RowId> eldest) {
            return size() > MOST;
        }
    };

    TailDeferrals(Lanes lanes) {
        this.lanes = lanes;
    }

    /** Also true if it is asked for the same outcome again, as when its transaction is. */
    synchronized boolean count(Outcome deferred, Planned row) {
        boolean tail = tails.computeIfAbsent(deferred.lane(), lane -> lanes.provider(lane).equals(Lanes.TAIL));
        if (!tail) {
            return true;
        }
        Heard heard = new Heard(deferred.lane(), domain(row), deferred.at().truncatedTo(ChronoUnit.MINUTES));
        RowId known = first.putIfAbsent(heard, deferred.row());
        return known == null || known.equals(deferred.row());
    }

    static String domain(Planned row) {
        return row.canonical().substring(row.canonical().lastIndexOf('@') + 1);
    }
}
