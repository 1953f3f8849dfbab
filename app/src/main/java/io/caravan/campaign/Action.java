package io.caravan.campaign;

/** What a person may ask of a campaign. */
public enum Action {
    START, START_AGAIN, START_NEW, PAUSE, RESUME, CANCEL, RESEND, ANSWER_RUN, ANSWER_SKIP
}
