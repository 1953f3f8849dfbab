package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.QueueFilter;
import io.caravan.flow.QueueActs.Act;
import io.caravan.flow.QueueActs.Fault;
import io.caravan.flow.QueueActs.Wanted;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/** What is wrong with something that a person wants of the queue, all of it at once. */
@Component
class QueueFaults {

    private static final int LONGEST_NOTE = 240;

    private final Runs runs;
    private final InstantSource clock;

    QueueFaults(Runs runs, InstantSource clock) {
        this.runs = runs;
        this.clock = clock;
    }

    /** @param lanes that are meant; null: all */
    List<Fault> of(Wanted wanted, @Nullable Set<Integer> lanes) {
        List<Fault> faults = new ArrayList<>();
        QueueFilter filter = wanted.filter();
        run(filter.run(), faults);
        filter(wanted.act(), filter, lanes, faults);
        state(wanted, faults);
        notes(wanted, faults);
        return faults;
    }

    private void run(long asked, List<Fault> faults) {
        if (asked != 0) {
            Run run = runs.run(new RunId(asked)).orElse(null);
            if (run == null) {
                faults.add(new Fault("run", "there is no run " + asked));
            } else if (!Set.of(RunState.RUNNING, RunState.PAUSED).contains(run.state())) {
                faults.add(new Fault("run", "run " + asked + " is " + run.state().word()
                        + ": only what waits in a running or paused one is in the queue"));
            }
        }
    }

    private static void filter(Act act, QueueFilter filter, @Nullable Set<Integer> lanes, List<Fault> faults) {
        if (!filter.domain().isEmpty() && !isDomain(filter.domain())) {
            faults.add(new Fault("domain", "'" + filter.domain() + "' is no domain"));
        }
        if (lanes != null && lanes.isEmpty()) {
            faults.add(new Fault(filter.provider().isEmpty() ? "identity" : "provider",
                    "there is no lane of this identity and provider: take the names from the queue, * for all small ones"));
        }
        if (act == Act.CANCEL && filter.isAll()) {
            faults.add(new Fault("", "say what to cancel: a run, an identity, a provider or a domain"));
        }
    }

    private static void state(Wanted wanted, List<Fault> faults) {
        boolean byOrder = wanted.act() == Act.HOLD || wanted.act() == Act.RELEASE;
        if (byOrder && (wanted.state() != null || !wanted.reason().isEmpty())) {
            faults.add(
                    new Fault("state", "a hold is of all mail, never tried or deferred: leave state and reason out"));
        }
        if (wanted.state() != null && !Set.of(RowState.PENDING, RowState.DEFERRED).contains(wanted.state())) {
            faults.add(new Fault("state", "only pending and deferred mail is in the queue"));
        }
        if (!byOrder && wanted.state() == RowState.PENDING && wanted.isAboutDeferred()) {
            faults.add(new Fault("state", "pending mail was never tried: it has no next attempt and no reason"));
        }
    }

    private void notes(Wanted wanted, List<Fault> faults) {
        if ((wanted.act() == Act.HOLD || wanted.act() == Act.CANCEL) && wanted.note().isBlank()) {
            faults.add(new Fault("note", "write who asked for it, or why; it stands in the reason of each mail"));
        }
        if (wanted.note().length() > LONGEST_NOTE) {
            faults.add(new Fault("note", "the note is longer than " + LONGEST_NOTE + " characters"));
        }
        Instant until = wanted.until();
        if (until != null && (wanted.act() != Act.HOLD || !until.isAfter(clock.instant()))) {
            faults.add(new Fault("until", "only a hold has an end, and that is in the future"));
        }
    }

    private static boolean isDomain(String domain) {
        try {
            return EmailAddress.parse("x@" + domain).domain().equals(domain);
        } catch (InvalidInput e) {
            return false;
        }
    }
}
