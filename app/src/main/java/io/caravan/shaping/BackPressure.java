package io.caravan.shaping;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When this node must claim nothing more until what it has is done: limits in, numbers in, reason out.
 *
 * @param recorder      how long the oldest unsettled result may wait
 * @param results       results that may wait
 * @param journalBytes  the journal's size
 * @param freeDiskBytes what must stay free where the data are
 * @param renderedBytes rendered mail that may be in flight ({@code caravan.batches.memory})
 * @param clock         how far this node's clock may be from the database's
 */
public record BackPressure(Duration recorder, int results, long journalBytes, long freeDiskBytes, long renderedBytes,
        Duration clock) {

    private static final long MEGABYTE = 1024 * 1024;

    /** What is true now, in the units of the limits. {@code clockOff} may be negative. */
    public record Readings(Duration recorderBehind, int resultsBehind, long journalBytes, long freeDiskBytes,
            long renderedBytes,
            Duration clockOff, boolean leaseFresh) {
    }

    /** Two seconds or 5,000 results, 256 MB of journal, 1 GB free, two seconds of clock. */
    public static BackPressure standard(long renderedBytes) {
        return new BackPressure(Duration.ofSeconds(2), 5000, 256 * MEGABYTE, 1024 * MEGABYTE, renderedBytes,
                Duration.ofSeconds(2));
    }

    /** Everything that holds this node, each with what to look at; empty: it may claim. */
    public Optional<String> holds(Readings now) {
        List<String> reasons = new ArrayList<>();
        if (!now.leaseFresh()) {
            reasons.add("this node's lease is not fresh: the database has not confirmed it in time");
        }
        if (now.clockOff().abs().compareTo(clock) > 0) {
            reasons.add("this node's clock is " + now.clockOff().abs().toMillis() / 1000.0
                    + " s off the database's: set it (NTP)");
        }
        if (now.recorderBehind().compareTo(recorder) > 0) {
            reasons.add("results wait " + now.recorderBehind().toMillis() / 1000.0 + " s for the database");
        }
        if (now.resultsBehind() > results) {
            reasons.add(now.resultsBehind() + " results wait for the database");
        }
        if (now.journalBytes() > journalBytes) {
            reasons.add("the journal holds " + now.journalBytes() / MEGABYTE + " MB that the database has not settled");
        }
        if (now.freeDiskBytes() < freeDiskBytes) {
            reasons.add("only " + now.freeDiskBytes() / MEGABYTE + " MB are free on the data disk: free some, "
                    + freeDiskBytes / MEGABYTE + " MB are needed");
        }
        if (now.renderedBytes() > renderedBytes) {
            reasons.add(now.renderedBytes() / MEGABYTE
                    + " MB of rendered mail wait for connections (caravan.batches.memory)");
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }
}
