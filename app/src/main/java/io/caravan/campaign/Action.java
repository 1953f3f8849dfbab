package io.caravan.campaign;

/** What a person may ask of a campaign. */
public enum Action {
    START("start"), START_AGAIN("start --again"), START_NEW("start --new"), PAUSE("pause"), RESUME("resume"), CANCEL(
            "cancel"), RESEND("resend"), ANSWER_RUN("answer run"), ANSWER_SKIP("answer skip");

    private final String words;

    Action(String words) {
        this.words = words;
    }

    /** As it is typed: {@code start --new}. */
    public String words() {
        return words;
    }
}
