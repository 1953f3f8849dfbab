package io.caravan.web.schedule;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.ScheduleDesk.Line;
import io.caravan.flow.ScheduleDesk.State;
import io.caravan.scheduling.ScheduleWords;
import io.caravan.web.Moment;

/** A campaign's schedule in words. {@code look} is the class of the state's dot. */
public record ScheduleRow(String campaign, String words, @Nullable String cron, String misfire, String look,
        String state, String says, @Nullable Moment next, @Nullable Moment previous, boolean mayTrigger,
        boolean mayPause, boolean mayResume) {

    static ScheduleRow of(Line line) {
        State state = line.state();
        boolean recurring = line.schedule().cron() != null;
        return new ScheduleRow(line.campaign().name(), ScheduleWords.of(line.schedule()), line.schedule().cron(),
                ScheduleWords.misfire(line.schedule().misfire()), look(state), word(state), says(state),
                Moment.of(line.next()), Moment.of(line.previous()),
                state == State.WAITING || state == State.PAUSED || recurring && state == State.FIRED,
                state == State.WAITING, state == State.PAUSED);
    }

    private static String look(State state) {
        return switch (state) {
            case WAITING -> "is-scheduled";
            case PAUSED, HELD -> "is-paused";
            case FIRED -> "is-running";
        };
    }

    private static String word(State state) {
        return switch (state) {
            case WAITING -> "waiting";
            case PAUSED -> "paused";
            case HELD -> "campaign paused";
            case FIRED -> "fired";
        };
    }

    private static String says(State state) {
        return switch (state) {
            case WAITING -> "It fires at its next time.";
            case PAUSED ->
                "This schedule is paused by a person: nothing fires until it is resumed, and what it keeps back"
                        + " does not come later. Runs that are open go on.";
            case HELD -> "The whole campaign is paused. It fires again once the campaign is resumed.";
            case FIRED -> "It has no firing left; its run is under way or waits for an answer.";
        };
    }
}
