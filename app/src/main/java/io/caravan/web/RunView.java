package io.caravan.web;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.RunNote;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.web.Overview.RunLine;

/**
 * A run in words, for the template, which only puts them in their places.
 *
 * @param sentence what it is doing, or what holds it
 * @param rate     "" when it does not send
 * @param endsAt   when the last one will be final at this rate, RFC 3339; "" when nobody can say
 * @param todo     what a person does about it on the campaign's page; "" when nothing
 * @param bar      what the bar tells, for those who cannot see it
 */
public record RunView(long id, String campaign, String run, String state, boolean open, String sentence, String opened,
        String openedAt, String took,
        String planned, String percent, String rate, String endsAt, String ends, String todo, String bar,
        List<Part> parts) {

    /** Parts of the bar, in thousandths of its width: a few mails among a million still show. */
    private static final double WIDTH = 1000;
    private static final double THINNEST = 3;

    /** Final states first, so that the bar fills from the left and does not jump. */
    private static final List<RowState> ORDER = List.of(RowState.ACCEPTED, RowState.BOUNCED, RowState.COMPLAINED,
            RowState.EXPIRED,
            RowState.FAILED, RowState.SUPPRESSED, RowState.CANCELLED, RowState.IN_DOUBT, RowState.DEFERRED,
            RowState.SENDING,
            RowState.PENDING);

    /** A state's count, and its piece of the bar. */
    public record Part(String state, String words, String count, String x, String width) {
    }

    public static RunView of(RunLine run, Instant now) {
        long done = Arrays.stream(RowState.values()).filter(RowState::isFinal).mapToLong(run::count).sum();
        String percent = run.state() == RunState.REFUSED ? "none" : percent(done, run.planned());
        Instant end = end(run, now);
        return new RunView(run.run().value(), run.campaign(),
                "run " + run.number() + (run.kind().equals("first") ? "" : ", " + run.kind()),
                run.state().word(), run.open(), sentence(run), Words.time(run.openedAt()), run.openedAt().toString(),
                took(run.openedAt(), run.finishedAt(), now), Words.number(run.planned()), percent, rate(run),
                end == null ? "" : end.toString(), end == null ? "" : Words.time(end), todo(run),
                percent + " of " + Words.number(run.planned()) + " final", parts(run));
    }

    private static String sentence(RunLine run) {
        String reason = run.reason() == null ? "" : run.reason();
        return switch (run.state()) {
            case PLANNING -> reason.isEmpty() ? "Writing down who gets it." : Words.sentence(reason);
            case PREFLIGHT -> preflight(RunNote.fault(run.reason()));
            case REFUSED -> reason.isEmpty() ? "Nothing was sent." : "Nothing was sent: " + reason;
            case ASKING ->
                Words.sentence(reason.isEmpty() ? "It is late" : reason) + " Nothing is sent until somebody decides.";
            case RUNNING -> run.holdReason() == null ? running(run) : Words.sentence("Held: " + run.holdReason());
            case PAUSED ->
                "Paused. " + (reason.isEmpty() ? "What was being sent is finished; nothing new begins." : reason);
            case FINISHED -> finished(run);
            case CANCELLED -> "Cancelled. " + reason;
        };
    }

    private static String preflight(@Nullable String fault) {
        return fault == null ? "Trying every mail before the first is sent." : Words.sentence(fault);
    }

    private static String running(RunLine run) {
        return left(run) == 0 && run.count(RowState.DEFERRED) > 0
                ? "Waiting for the next attempt at the deferred."
                : "Sending.";
    }

    private static long left(RunLine run) {
        return run.count(RowState.PENDING) + run.count(RowState.SENDING);
    }

    /** To the second when it is near; a far end is rounded up to the minute, so that it does not flicker. */
    private static @Nullable Instant end(RunLine run, Instant now) {
        if (run.state() != RunState.RUNNING || run.perSecond() < 0.01 || left(run) == 0) {
            return null;
        }
        long seconds = Math.round(Math.ceil(left(run) / run.perSecond()));
        Instant end = now.plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS);
        return seconds < 600 ? end : end.plusSeconds(59).truncatedTo(ChronoUnit.MINUTES);
    }

    private static String finished(RunLine run) {
        long doubt = run.count(RowState.IN_DOUBT);
        return doubt == 0
                ? "Every recipient is final."
                : Words.number(doubt) + " in doubt: sent, but the answer was lost.";
    }

    private static String todo(RunLine run) {
        return switch (run.state()) {
            case ASKING -> "Run it or skip it";
            case REFUSED -> "Correct the campaign";
            case PAUSED -> "Resume it";
            case FINISHED -> run.count(RowState.IN_DOUBT) > 0 ? "Settle them" : "";
            case PLANNING, PREFLIGHT, RUNNING, CANCELLED -> "";
        };
    }

    private static String took(Instant from, @Nullable Instant to, Instant now) {
        Duration time = Duration.between(from, to == null ? now : to);
        return (to == null ? "for " : "took ") + Words.duration(time.isNegative() ? Duration.ZERO : time);
    }

    private static String rate(RunLine run) {
        if (run.state() != RunState.RUNNING) {
            return "";
        }
        return (run.perSecond() >= 10 || run.perSecond() == 0
                ? Words.number(Math.round(run.perSecond()))
                : String.format(Locale.ROOT, "%.1f", run.perSecond())) + "/s";
    }

    /** Never 100 % before the last one. */
    private static String percent(long done, long planned) {
        if (planned == 0) {
            return "0 %";
        }
        long tenths = done * 1000 / planned;
        return tenths % 10 == 0 || tenths >= 100 && tenths < 990
                ? tenths / 10 + " %"
                : tenths / 10 + "." + tenths % 10 + " %";
    }

    private static List<Part> parts(RunLine run) {
        long all = Math.max(1, ORDER.stream().mapToLong(run::count).sum());
        double small = ORDER.stream().filter(state -> run.count(state) > 0).count() * THINNEST;
        List<Part> parts = new ArrayList<>();
        double x = 0;
        for (RowState state : ORDER) {
            long count = run.count(state);
            if (count > 0) {
                double width = THINNEST + (WIDTH - small) * count / all;
                parts.add(new Part(state.word(), state.word().replace('_', ' '), Words.number(count), thousandth(x),
                        thousandth(width)));
                x += width;
            }
        }
        return parts;
    }

    private static String thousandth(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
