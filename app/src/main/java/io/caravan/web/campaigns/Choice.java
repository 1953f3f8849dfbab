package io.caravan.web.campaigns;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Action;
import io.caravan.web.Words;

/**
 * An action as the page offers it.
 *
 * @param word    in paths: {@code start-new}
 * @param label   on its button
 * @param says    what it would do; with the number of people where that is known without reading an audience
 * @param refusal why it cannot be done now; null: it can
 * @param asks    it is confirmed on a page of its own, which says how many people it concerns
 */
record Choice(String word, String label, String says, @Nullable String refusal, boolean asks) {

    static Choice of(Action action, long waiting, @Nullable String refusal) {
        return new Choice(word(action), label(action), says(action, waiting), refusal == null ? null : here(refusal),
                action != Action.PAUSE && action != Action.RESUME);
    }

    /** A reason in the words of the buttons. */
    private static String here(String refusal) {
        String words = refusal.replace("start --again", "“" + label(Action.START_AGAIN) + "”").replace("start --new",
                "“" + label(Action.START_NEW) + "”");
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    static String word(Action action) {
        return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Action> action(String word) {
        return Arrays.stream(Action.values()).filter(action -> word(action).equals(word)).findFirst();
    }

    static String label(Action action) {
        return switch (action) {
            case START -> "Start";
            case START_AGAIN -> "Start again for everybody";
            case START_NEW -> "Start for new people only";
            case PAUSE -> "Pause";
            case RESUME -> "Resume";
            case CANCEL -> "Cancel";
            case RESEND -> "Re-send to those not reached";
            case ANSWER_RUN -> "Run it";
            case ANSWER_SKIP -> "Skip it";
        };
    }

    private static String says(Action action, long waiting) {
        return switch (action) {
            case START -> "Opens its run for the whole audience.";
            case START_AGAIN -> "Mails everybody of the audience once more.";
            case START_NEW -> "Mails those of the audience who have no row in an earlier run, or a cancelled one.";
            case PAUSE -> left(waiting, "nothing more to send now; its firings wait")
                    + " What is being sent finishes; nothing is lost.";
            case RESUME -> left(waiting, "goes on as it stood");
            case CANCEL -> (waiting == 0
                    ? "Nobody is waiting."
                    : Words.number(waiting) + " who wait get nothing any more.") + " What is sent stays sent.";
            case RESEND -> "Mails those who failed, expired or bounced softly or by policy; never hard bounces,"
                    + " complaints or suppressed.";
            case ANSWER_RUN -> "The late run begins now.";
            case ANSWER_SKIP -> "This firing mails nobody.";
        };
    }

    private static String left(long waiting, String none) {
        return waiting == 0
                ? Character.toUpperCase(none.charAt(0)) + none.substring(1) + "."
                : Words.number(waiting) + " left, nobody twice.";
    }
}
