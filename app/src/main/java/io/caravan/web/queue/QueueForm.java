package io.caravan.web.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.caravan.delivery.QueueFilter;
import io.caravan.flow.QueueActs;
import io.caravan.flow.QueueActs.Act;
import io.caravan.flow.QueueActs.Wanted;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;

/**
 * What is written in the page's form, as it was written; a field that is missing is empty.
 *
 * @param hours until a hold ends by itself; empty: when it is released
 */
public record QueueForm(@Nullable String act, @Nullable String run, @Nullable String identity,
        @Nullable String provider, @Nullable String domain, @Nullable String state, @Nullable String reason,
        @Nullable String note, @Nullable String hours) {

    public QueueForm {
        act = text(act);
        run = text(run);
        identity = text(identity);
        provider = text(provider);
        domain = text(domain);
        state = text(state);
        reason = text(reason);
        note = text(note);
        hours = text(hours);
    }

    private static String text(@Nullable String written) {
        return written == null ? "" : written.strip();
    }

    /** What the list shows; a run that is no number is the run that there is not. */
    QueueFilter filter() {
        return new QueueFilter(isNumber(run) ? Long.parseLong(text(run)) : text(run).isEmpty() ? 0 : -1,
                text(identity), text(provider), QueueActs.domain(text(domain)));
    }

    private static boolean isNumber(@Nullable String text) {
        return text != null && text.matches("[1-9]\\d{0,17}");
    }

    /** @throws InvalidInput with all that cannot be read */
    Wanted wanted(Instant now) {
        List<String> problems = new ArrayList<>();
        Act asked = Act.of(text(act)).orElse(null);
        if (asked == null) {
            problems.add("choose what to do: hold, release, retry or cancel");
        }
        if (!text(run).isEmpty() && !isNumber(run)) {
            problems.add("'" + run + "' is no run: give its id, as the queue's list has it");
        }
        if (!List.of("", "pending", "deferred").contains(text(state))) {
            problems.add("only pending and deferred mail is in the queue");
        }
        if (!text(hours).matches("|\\d{1,4}")) {
            problems.add("'" + hours + "' is no number of hours");
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        Act act = Objects.requireNonNull(asked);
        boolean ends = act == Act.HOLD && !text(hours).isEmpty();
        return new Wanted(act, filter(), text(state).isEmpty() ? null : RowState.of(text(state)), text(reason),
                text(note), ends ? now.plus(Duration.ofHours(Long.parseLong(text(hours)))) : null);
    }

    /** In words, for the question. */
    public List<String> about() {
        List<String> about = new ArrayList<>();
        add(about, "run ", run);
        add(about, "identity ", identity);
        add(about, "provider ", text(provider).equals("*") ? "of all small ones" : provider);
        add(about, "domain ", domain);
        add(about, "state ", state);
        add(about, "last reply with ", reason);
        return about.isEmpty() ? List.of("everything") : about;
    }

    private static void add(List<String> about, String what, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            about.add(what + value);
        }
    }
}
