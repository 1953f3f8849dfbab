package io.caravan.flow;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Planned;
import io.caravan.mail.Finished;

/**
 * What this node has claimed and not settled. A row is <i>undecided</i> until a step hands it to the transport or to the recorder; only
 * undecided rows may be given back, so that nothing is sent by two batches.
 */
@Component
public class InFlight {

    /** One open batch of this node. */
    static final class Held {
        final BatchReference reference;
        final String route;
        final Prepared mailing;
        private final Map<Integer, Planned> rows = new HashMap<>();
        private final Set<Integer> undecided = new HashSet<>();
        private final Map<Integer, String> moving = new HashMap<>(0);
        private final AtomicLong bytes = new AtomicLong();
        private int unsettled;
        private volatile QuotaRoom.@Nullable Taken quota;
        private volatile boolean overdue;

        Held(BatchReference reference, String route, Prepared mailing, Collection<Planned> planned) {
            this.reference = reference;
            this.route = route;
            this.mailing = mailing;
            planned.forEach(row -> rows.put(row.row().n(), row));
            undecided.addAll(rows.keySet());
            unsettled = reference.size();
        }

        Planned row(int n) {
            Planned planned = rows.get(n);
            if (planned == null) {
                throw new IllegalStateException(
                        "row " + reference.run() + "." + n + " is not of batch " + reference.batch());
            }
            return planned;
        }

        synchronized boolean decide(int n) {
            return undecided.remove(n);
        }

        /** When this row is given back it goes into the lane of this name. */
        synchronized void moves(int n, String lane) {
            moving.put(n, lane);
        }

        synchronized Map<Integer, String> movesAmong(Collection<Integer> rows) {
            if (moving.isEmpty()) {
                return Map.of();
            }
            Map<Integer, String> among = new HashMap<>(moving);
            among.keySet().retainAll(rows);
            return among;
        }

        synchronized List<Integer> undecided() {
            List<Integer> left = new ArrayList<>(undecided);
            undecided.clear();
            return left;
        }

        synchronized boolean left(int n) {
            unsettled -= n;
            return unsettled <= 0;
        }

        /** A mail of it waits for a connection, or is on one. */
        void waits(Finished mail) {
            bytes.addAndGet(own(mail));
        }

        /** It does no more. */
        void waitsNoMore(Finished mail) {
            bytes.addAndGet(-own(mail));
        }

        /** What its campaign's mails share lies in memory once, however many wait. */
        private long own(Finished mail) {
            return mail.size() - mailing.mailing().sharedBytes();
        }

        /** What its claim took of a day's quota; null: another node has claimed it. */
        QuotaRoom.@Nullable Taken quota() {
            return quota;
        }

        /** Its rows have had no service for as long as a mail is tried: those that find none now have expired. */
        boolean overdue() {
            return overdue;
        }

        private Map<Integer, Integer> lanes(Collection<Integer> some) {
            Map<Integer, Integer> lanes = new HashMap<>();
            some.forEach(n -> lanes.merge(row(n).lane(), 1, Integer::sum));
            return lanes;
        }
    }

    /** @param lanes how many of its rows are of each */
    private record Coming(String route, int size, Map<Integer, Integer> lanes, QuotaRoom.Taken quota,
            boolean overdue) {
    }

    private final Map<Long, Held> batches = new ConcurrentHashMap<>();
    /** Being taken at this moment, from before the ledger says so until it is opened. */
    private final Set<Long> taking = ConcurrentHashMap.newKeySet();
    /** Claimed and not yet opened: the route that each is counted under. */
    private final Map<Long, Coming> coming = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> byRoute = new ConcurrentHashMap<>();
    private final Map<Integer, Long> byLane = new ConcurrentHashMap<>();
    private final Queue<Long> closedBatches = new ConcurrentLinkedQueue<>();

    /** Counts a claim before its batch is on the road. */
    void claimed(BatchReference batch, String route, Map<Integer, Integer> lanes, QuotaRoom.Taken quota) {
        claimed(batch, route, lanes, quota, false);
    }

    /** @param overdue see {@link Held#overdue} */
    void claimed(BatchReference batch, String route, Map<Integer, Integer> lanes, QuotaRoom.Taken quota,
            boolean overdue) {
        onRoute(route).addAndGet(batch.size());
        count(lanes, 1);
        coming.put(batch.batch(), new Coming(route, batch.size(), lanes, quota, overdue));
    }

    private void count(Map<Integer, Integer> lanes, int sign) {
        lanes.forEach((lane, n) -> byLane.merge(lane, (long) sign * n, (a, b) -> a + b == 0 ? null : a + b));
    }

    /** Which route a claim was counted under, here or by whoever claimed it. */
    String route(BatchReference batch) {
        Coming known = coming.get(batch.batch());
        return known != null ? known.route() : batch.road().isEmpty() ? Sending.MAILBOX : batch.road();
    }

    /** False if it is being taken already. The ledger must not show a batch as this node's while nobody here knows it. */
    boolean takes(BatchReference batch) {
        return taking.add(batch.batch());
    }

    /** It is opened, or will not be. */
    void took(BatchReference batch) {
        taking.remove(batch.batch());
    }

    /** True if some claim is not opened yet. */
    boolean isComing() {
        return !coming.isEmpty();
    }

    /** Of what was handed over only these wait for a taker: the others are on somebody else's road. */
    void handedOver(Set<Long> waiting) {
        coming.keySet().stream().filter(batch -> !waiting.contains(batch) && !taking.contains(batch)).toList()
                .forEach(this::forget);
    }

    /** False if it is open already: a seam may bring a reference twice. */
    boolean opened(Held batch) {
        if (batches.putIfAbsent(batch.reference.batch(), batch) != null) {
            return false;
        }
        Coming known = coming.remove(batch.reference.batch());
        if (known == null) { // claimed by another node
            onRoute(batch.route).addAndGet(batch.reference.size());
        } else {
            batch.quota = known.quota();
            batch.overdue = known.overdue();
            count(known.lanes(), -1);
        }
        count(batch.lanes(batch.rows.keySet()), 1);
        return true;
    }

    /** True if it is open here, or was claimed and is on its way to being opened. Asked in the order in which it goes from one to the next. */
    boolean knows(long batch) {
        return coming.containsKey(batch) || taking.contains(batch) || batches.containsKey(batch);
    }

    @Nullable
    Held batch(long id) {
        return batches.get(id);
    }

    /** Rows left their batch, settled or given back. True if it was the last one. */
    boolean left(Held batch, Collection<Integer> rows) {
        onRoute(batch.route).addAndGet(-rows.size());
        count(batch.lanes(rows), -1);
        boolean closed = batch.left(rows.size());
        if (closed) {
            batches.remove(batch.reference.batch());
            closedBatches.add(batch.reference.batch());
        }
        return closed;
    }

    /** The batches that were closed since this was last asked. */
    List<Long> closedSince() {
        List<Long> closed = new ArrayList<>();
        for (Long batch = closedBatches.poll(); batch != null; batch = closedBatches.poll()) {
            closed.add(batch);
        }
        return closed;
    }

    /** Forgets a claim that never got as far as {@link #opened}; what the ledger still holds of it is a stray then. */
    void dropped(BatchReference batch) {
        forget(batch.batch());
    }

    private void forget(long batch) {
        Coming known = coming.remove(batch);
        if (known != null) {
            onRoute(known.route()).addAndGet(-known.size());
            count(known.lanes(), -1);
        }
    }

    /** Claimed and unsettled rows of a lane. */
    long rowsOf(int lane) {
        return byLane.getOrDefault(lane, 0L);
    }

    long rows(String route) {
        return onRoute(route).get();
    }

    /** The same of all routes whose names begin so. */
    long rowsBeginning(String with) {
        return byRoute.entrySet().stream().filter(entry -> entry.getKey().startsWith(with))
                .mapToLong(entry -> entry.getValue().get()).sum();
    }

    /** Claimed and unsettled rows of this node. */
    public long rows() {
        return byRoute.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Claimed and unsettled rows by lane. */
    Map<Integer, Long> byLane() {
        return Map.copyOf(byLane);
    }

    int openBatches() {
        return batches.size();
    }

    /** Bytes of finished mail that waits or is on a connection, without what all mails of a campaign share. */
    long bytes() {
        return batches.values().stream().mapToLong(batch -> batch.bytes.get()).sum();
    }

    /** The same of one route. */
    long bytes(String route) {
        return batches.values().stream().filter(batch -> batch.route.equals(route))
                .mapToLong(batch -> batch.bytes.get()).sum();
    }

    private AtomicLong onRoute(String route) {
        return byRoute.computeIfAbsent(route, _ -> new AtomicLong());
    }
}
