package io.caravan.campaign;

import io.caravan.mail.CampaignState;

/** Which action is legal when, and why not: one table, without any SQL. */
final class CampaignRules {

    /**
     * How a campaign stands.
     *
     * @param begun     it has a run that was not refused
     * @param open      it has a run that is not over
     * @param asking    one of these asks whether it should run
     * @param scheduled its version in force has a schedule
     */
    record Situation(CampaignState state, boolean begun, boolean open, boolean asking, boolean scheduled) {
    }

    sealed interface Decision {
    }

    /** @param why a sentence: what is, and what to do instead */
    record Refused(String why) implements Decision {
    }

    record Go(CampaignState next) implements Decision {
    }

    private CampaignRules() {
    }

    static Decision decide(Situation now, Action action) {
        return switch (action) {
            case START -> start(now);
            case START_AGAIN -> repeat(now, "start --again");
            case START_NEW -> repeat(now, "start --new");
            case RESEND -> repeat(now, "resend");
            case PAUSE -> pause(now);
            case RESUME -> now.state == CampaignState.PAUSED
                    ? new Go(resumed(now))
                    : new Refused("it is " + now.state.word() + ", not paused: there is nothing to resume");
            case CANCEL -> cancel(now);
            case ANSWER_RUN, ANSWER_SKIP -> answer(now);
        };
    }

    /** The state once its runs changed: a campaign runs while a run is open, and goes back to its schedule after it. */
    static CampaignState settled(CampaignState state, boolean open, boolean recurring, boolean lastRefused) {
        return switch (state) {
            case DRAFT, SCHEDULED, FINISHED -> open ? CampaignState.RUNNING : state;
            case RUNNING -> open
                    ? state
                    : recurring ? CampaignState.SCHEDULED : lastRefused ? CampaignState.DRAFT : CampaignState.FINISHED;
            case PAUSED, CANCELLED -> state;
        };
    }

    private static Decision start(Situation now) {
        return switch (now.state) {
            case RUNNING -> new Refused("it is running already; wait until it is finished, or cancel it");
            case PAUSED -> new Refused("it is paused; resume it");
            case DRAFT, SCHEDULED, FINISHED, CANCELLED -> now.begun
                    ? new Refused(
                            "it has run before; start --again mails everybody again, start --new those who have no row yet")
                    : new Go(CampaignState.RUNNING);
        };
    }

    private static Decision repeat(Situation now, String verb) {
        return switch (now.state) {
            case RUNNING -> new Refused("it is running; " + verb + " when it is finished, or cancel it first");
            case PAUSED -> new Refused("it is paused; resume or cancel it first, then " + verb);
            case DRAFT, SCHEDULED, FINISHED, CANCELLED -> now.begun
                    ? new Go(CampaignState.RUNNING)
                    : new Refused("it has not run yet, so there is nothing to repeat; start it without an option");
        };
    }

    private static Decision pause(Situation now) {
        return switch (now.state) {
            case SCHEDULED, RUNNING -> new Go(CampaignState.PAUSED);
            case PAUSED -> new Refused("it is paused already");
            case DRAFT -> new Refused("it is a draft and sends nothing until it is started: there is nothing to pause");
            case FINISHED, CANCELLED -> new Refused("it is " + now.state.word() + ": there is nothing to pause");
        };
    }

    private static CampaignState resumed(Situation now) {
        return now.open ? CampaignState.RUNNING : now.scheduled ? CampaignState.SCHEDULED : CampaignState.DRAFT;
    }

    private static Decision cancel(Situation now) {
        return switch (now.state) {
            case DRAFT, SCHEDULED, RUNNING, PAUSED -> new Go(CampaignState.CANCELLED);
            case FINISHED -> new Refused("it is finished: there is nothing left to cancel");
            case CANCELLED -> new Refused("it is cancelled already");
        };
    }

    private static Decision answer(Situation now) {
        if (now.state == CampaignState.PAUSED) {
            return new Refused("it is paused; resume it, then answer");
        }
        return now.asking ? new Go(CampaignState.RUNNING) : new Refused("none of its runs asks anything");
    }
}
