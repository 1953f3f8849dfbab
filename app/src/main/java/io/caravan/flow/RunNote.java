package io.caravan.flow;

import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The reason that is kept with a run: beside what planning found, or why it is over, a line of it may say why it cannot go on. */
public final class RunNote {

    private static final String FAULT = "cannot go on: ";
    private static final int LONGEST = 300;

    private RunNote() {
    }

    /** In place of what it said before. */
    static String with(@Nullable String reason, Throwable fault) {
        String what = fault instanceof io.caravan.mail.Fault
                ? String.valueOf(fault.getMessage())
                : fault.getClass().getSimpleName() + (fault.getMessage() == null ? "" : ": " + fault.getMessage());
        String line = what.lines().findFirst().orElse("").strip();
        String said = FAULT + (line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…")
                + "; it is tried again each minute, and the log says more";
        String rest = without(reason);
        return rest == null ? said : rest + "\n" + said;
    }

    public static @Nullable String without(@Nullable String reason) {
        if (fault(reason) == null) {
            return reason;
        }
        String rest = String.valueOf(reason).lines().filter(line -> !line.startsWith(FAULT))
                .collect(Collectors.joining("\n"));
        return rest.isEmpty() ? null : rest;
    }

    /** Why the run cannot go on; null: nothing is known to hinder it. */
    public static @Nullable String fault(@Nullable String reason) {
        return reason == null ? null : reason.lines().filter(line -> line.startsWith(FAULT)).findFirst().orElse(null);
    }
}
