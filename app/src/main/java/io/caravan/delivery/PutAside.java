package io.caravan.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.delivery.Claims.Taken;

/**
 * Takes mail to held domains out of what a claim has locked, and puts it aside under the order that holds it: as stretches and retries that no
 * claim looks at. So a domain is held in whichever lane its mail lies, and costs a claim one look while some domain is held.
 */
final class PutAside {

    private record Row(int n, QueueHold order) {
    }

    private final JdbcClient jdbc;
    private final long run;
    private final List<Restraint.OfDomain> held;

    PutAside(JdbcClient jdbc, long run, List<Restraint.OfDomain> held) {
        this.jdbc = jdbc;
        this.run = run;
        this.held = held;
    }

    /** Those that may go. */
    List<Integer> retries(List<Integer> rows) {
        if (held.isEmpty() || rows.isEmpty()) {
            return rows;
        }
        List<Row> found = found(" and d.n in (:rows)", Map.of("rows", rows));
        byOrder(found).forEach((order, some) -> jdbc
                .sql("update retry set hold_id = :order where run_id = :run and n in (:rows)")
                .param("order", order.id()).param("run", run).param("rows", some).update());
        Set<Integer> gone = found.stream().map(Row::n).collect(Collectors.toSet());
        return rows.stream().filter(n -> !gone.contains(n)).toList();
    }

    /** What is left of the ranges. */
    List<Taken> ranges(List<Taken> ranges) {
        if (held.isEmpty() || ranges.isEmpty()) {
            return ranges;
        }
        String within = ranges.stream().map(range -> "d.n between " + range.from() + " and " + range.to())
                .collect(Collectors.joining(" or ", " and (", ")"));
        List<Row> found = found(within, Map.of());
        Map<Integer, Long> orders = new HashMap<>();
        found.forEach(row -> orders.put(row.n(), row.order().id()));
        List<Taken> left = new ArrayList<>();
        List<String> aside = new ArrayList<>();
        for (Taken range : ranges) {
            cut(range, orders, left, aside);
        }
        if (!aside.isEmpty()) {
            jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n, hold_id) values " + String.join(",", aside))
                    .update();
        }
        return left;
    }

    /** Neighbours under the same order stay together. */
    private void cut(Taken range, Map<Integer, Long> orders, List<Taken> left, List<String> aside) {
        int from = range.from();
        for (int n = from; n <= range.to(); n++) {
            long order = orders.getOrDefault(from, 0L);
            if (n == range.to() || orders.getOrDefault(n + 1, 0L) != order) {
                if (order == 0) {
                    left.add(new Taken(range.lane(), from, n));
                } else {
                    aside.add("(%d,%d,%d,%d,%d)".formatted(run, range.lane(), from, n, order));
                }
                from = n + 1;
            }
        }
    }

    private List<Row> found(String which, Map<String, ?> more) {
        Set<String> domains = held.stream().map(hold -> hold.order().what().domain()).collect(Collectors.toSet());
        return jdbc.sql(
                "select d.n, d.domain, d.lane_id from delivery d where d.run_id = :run and d.domain in (:domains)"
                        + which)
                .param("run", run).param("domains", domains).params(more)
                .query((rs, _) -> {
                    int n = rs.getInt(1);
                    return order(rs.getInt(3), rs.getString(2)).map(order -> new Row(n, order));
                })
                .list().stream().flatMap(Optional::stream).toList();
    }

    private Map<QueueHold, List<Integer>> byOrder(List<Row> rows) {
        Map<QueueHold, List<Integer>> orders = new TreeMap<>(java.util.Comparator.comparingLong(QueueHold::id));
        rows.forEach(row -> orders.computeIfAbsent(row.order(), _ -> new ArrayList<>()).add(row.n()));
        return orders;
    }

    /** The first that is about this domain in this lane. */
    private Optional<QueueHold> order(int lane, String domain) {
        return held.stream().filter(hold -> hold.holds(lane, domain)).map(Restraint.OfDomain::order).findFirst();
    }
}
