package io.caravan.flow;

import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Runs;
import io.caravan.delivery.Cancellations;
import io.caravan.delivery.QueueFilter;
import io.caravan.delivery.QueueHold;
import io.caravan.delivery.QueueHolds;
import io.caravan.delivery.QueuePart;
import io.caravan.delivery.QueueRows;
import io.caravan.delivery.RunLanes;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.pacing.Lanes;

/**
 * What people do to the queue, many mails at once. Each act says first how many it concerns, by counting them. Mail in an open batch is left
 * alone, whatever the act: it is settled first, and what is deferred then stands under the orders that hold it.
 */
@Component
public class QueueActs {

    private static final Logger log = LoggerFactory.getLogger(QueueActs.class);

    /** What may be done. */
    public enum Act {
        /** Nothing of it is claimed until it is released, or until a time. */
        HOLD,
        /** Ends the orders about it, or about a part of it. */
        RELEASE,
        /** Deferred mail is due now. */
        RETRY,
        /** For good. */
        CANCEL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Empty: there is none of that name. */
        public static Optional<Act> of(String word) {
            return EnumSet.allOf(Act.class).stream().filter(act -> act.word().equals(word)).findFirst();
        }
    }

    /**
     * What is asked for.
     *
     * @param state  pending (never claimed) or deferred; null: both. For retry and cancel
     * @param reason words in the last reply to deferred mail; empty: whatever it was. For retry and cancel
     * @param note   who asked for it, or why; hold and cancel need it
     * @param until  when a hold ends by itself; null: when it is released
     */
    public record Wanted(Act act, QueueFilter filter, @Nullable RowState state, String reason, String note,
            @Nullable Instant until) {
        boolean isAboutDeferred() {
            return state == RowState.DEFERRED || act == Act.RETRY || !reason.isEmpty();
        }
    }

    /** What is wrong with what is asked for. */
    public record Fault(String field, String message) {
    }

    /**
     * How many mails it concerns, or concerned.
     *
     * @param mails      those that wait
     * @param passedOver those in open batches
     * @param orders     to hold: for a release those that end, else those that may hold (a part of) it already
     */
    public record Reach(long mails, long passedOver, List<QueueHold> orders) {
    }

    private final Runs runs;
    private final Lanes names;
    private final RunLanes lanes;
    private final QueueHolds holds;
    private final QueueRows rows;
    private final Cancellations cancellations;
    private final QueueFaults faults;

    QueueActs(Runs runs, Lanes names, RunLanes lanes, QueueHolds holds, QueueRows rows, Cancellations cancellations,
            QueueFaults faults) {
        this.runs = runs;
        this.names = names;
        this.lanes = lanes;
        this.holds = holds;
        this.rows = rows;
        this.cancellations = cancellations;
        this.faults = faults;
    }

    /** A recipient domain as the ledger keeps it; as it was written if it is none, which {@link #faults} says. */
    public static String domain(String written) {
        try {
            return written.isBlank() ? "" : EmailAddress.parse("x@" + written.strip()).domain();
        } catch (InvalidInput e) {
            return written.strip();
        }
    }

    /** All that is wrong at once; empty: it can be done. */
    public List<Fault> faults(Wanted wanted) {
        return faults.of(wanted, lanesOf(wanted.filter()));
    }

    /** How many mails it concerns now, counted one by one. */
    public Reach reach(Wanted wanted) {
        List<QueueHold> all = holds.all().stream().filter(hold -> !hold.over()).toList();
        if (wanted.act() == Act.RELEASE) {
            List<QueueHold> ending = all.stream().filter(hold -> wanted.filter().covers(hold.what())).toList();
            return new Reach(heldBy(ending), 0, ending);
        }
        QueueRows.Count count = rows.count(part(wanted));
        return new Reach(count.waiting(), count.sending(), all.stream()
                .filter(hold -> hold.what().meets(wanted.filter())).toList());
    }

    /**
     * Does it.
     *
     * @return how many mails it was done to
     * @throws InvalidInput with all that is wrong
     */
    public Reach act(Wanted wanted) {
        List<Fault> wrong = faults(wanted);
        if (!wrong.isEmpty()) {
            throw new InvalidInput(wrong.stream().map(Fault::message).toList());
        }
        Reach done = switch (wanted.act()) {
            case HOLD -> held(wanted);
            case RELEASE -> released(wanted);
            case RETRY -> new Reach(rows.dueNow(part(wanted)), rows.count(part(wanted)).sending(), List.of());
            case CANCEL -> cancelled(wanted);
        };
        log.info("event=queue-{} run={} identity={} provider={} mails={} passed-over={}", wanted.act().word(),
                wanted.filter().run(), wanted.filter().identity(), wanted.filter().provider(), done.mails(),
                done.passedOver());
        return done;
    }

    private Reach held(Wanted wanted) {
        long id = holds.hold(wanted.filter(), wanted.note().strip(), wanted.until());
        QueueRows.Count count = rows.count(part(wanted));
        return new Reach(count.waiting(), count.sending(),
                holds.all().stream().filter(hold -> hold.id() == id).toList());
    }

    private Reach released(Wanted wanted) {
        Reach reach = reach(wanted);
        holds.release(reach.orders().stream().map(QueueHold::id).toList());
        return reach;
    }

    private Reach cancelled(Wanted wanted) {
        QueuePart part = part(wanted);
        long done = cancellations.cancel(part, "cancelled by hand: " + wanted.note().strip());
        return new Reach(done, rows.count(part).sending(), List.of());
    }

    private QueuePart part(Wanted wanted) {
        boolean deferred = wanted.isAboutDeferred();
        return new QueuePart(open(wanted.filter().run()), lanesOf(wanted.filter()), wanted.filter().domain(), !deferred,
                wanted.state() != RowState.PENDING, wanted.reason());
    }

    /** Null: all. */
    private @Nullable Set<Integer> lanesOf(QueueFilter filter) {
        return filter.identity().isEmpty() && filter.provider().isEmpty()
                ? null
                : names.matching(filter.identity(), filter.provider());
    }

    private List<Long> open(long only) {
        return runs.inState(RunState.RUNNING, RunState.PAUSED).stream().map(run -> run.id().value())
                .filter(id -> only == 0 || id == only).toList();
    }

    /** Mail under some of the orders, each once: that of whole lanes, and that of domains in the other lanes. */
    private long heldBy(List<QueueHold> orders) {
        long mails = 0;
        for (long run : orders.isEmpty() ? List.<Long>of() : open(0)) {
            Set<Integer> left = new HashSet<>(lanes.ids(new RunId(run)));
            Set<Integer> whole = new HashSet<>();
            Map<String, Set<Integer>> domains = new TreeMap<>();
            for (QueueHold order : orders) {
                if (order.what().run() == 0 || order.what().run() == run) {
                    Set<Integer> some = lanesOf(order.what());
                    (order.what().domain().isEmpty()
                            ? whole
                            : domains.computeIfAbsent(order.what().domain(), _ -> new HashSet<>()))
                            .addAll(some == null ? left : some);
                }
            }
            mails += count(run, whole, "");
            for (Map.Entry<String, Set<Integer>> domain : domains.entrySet()) {
                domain.getValue().removeAll(whole);
                mails += count(run, domain.getValue(), domain.getKey());
            }
        }
        return mails;
    }

    private long count(long run, Set<Integer> some, String domain) {
        return rows.count(new QueuePart(List.of(run), some, domain, true, true, "")).waiting();
    }
}
