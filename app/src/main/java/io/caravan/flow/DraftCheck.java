package io.caravan.flow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.delivery.AudiencePeople.Candidate;

/**
 * How far the check of a draft is, and what it found.
 *
 * @param edit     of the draft that is checked
 * @param audience how many there are to look at
 * @param looked   how many were
 * @param reached  of those, who would be mailed
 * @param problems why it cannot be checked at all
 * @param faults   people whose mail cannot be made, at most some twenty
 * @param at       when it was over; null: it goes on
 */
public record DraftCheck(long edit, State state, long audience, long looked, long reached, long suppressed,
        long excluded, List<String> problems, List<Fault> faults, @Nullable Instant at) {

    public enum State {
        CHECKING, GOOD, FAULTY, REFUSED
    }

    /** One expression of one person. */
    public record Fault(String person, String template, int line, String attribute, String what) {
    }

    static DraftCheck begun(long edit) {
        return new DraftCheck(edit, State.CHECKING, 0, 0, 0, 0, 0, List.of(), List.of(), null);
    }

    DraftCheck of(long size) {
        return new DraftCheck(edit, state, size, looked, reached, suppressed, excluded, problems, faults, at);
    }

    DraftCheck with(List<Candidate> slice, List<Fault> more) {
        List<Fault> all = new ArrayList<>(faults);
        all.addAll(more);
        return new DraftCheck(edit, state, Math.max(audience, looked + slice.size()), looked + slice.size(),
                reached + count(slice, ""), suppressed + count(slice, "suppression:"),
                excluded + count(slice, "excluded:"), problems, List.copyOf(all), at);
    }

    private static long count(List<Candidate> slice, String reason) {
        return slice.stream().filter(one -> reason.isEmpty() ? one.reason().isEmpty() : one.reason().startsWith(reason))
                .count();
    }

    /** @param whole everybody was looked at */
    DraftCheck over(Instant now, boolean whole) {
        return new DraftCheck(edit, faults.isEmpty() && whole ? State.GOOD : State.FAULTY, whole ? looked : audience,
                looked, reached, suppressed, excluded, problems, faults, now);
    }

    DraftCheck refused(List<String> why, Instant now) {
        return new DraftCheck(edit, State.REFUSED, audience, looked, reached, suppressed, excluded, List.copyOf(why),
                faults, now);
    }
}
