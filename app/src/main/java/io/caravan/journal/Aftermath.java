package io.caravan.journal;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.DeliveryResult;

/** What a crash made of one row of an open batch, judged by the line of the journal that tells most about it. */
public sealed interface Aftermath {

    /** The attempt had ended: this is its result. */
    record Settle(DeliveryResult result) implements Aftermath {
    }

    /** Certainly not sent: the row goes back as it was. */
    record Pending() implements Aftermath {
    }

    /** The remote may or may not have it (RFC 1047): the campaign's policy or a person decides. */
    record InDoubt(String host, String reason) implements Aftermath {
    }

    /**
     * The rule. A line is written before what it tells of, and {@code ready} is on the disk before the mail leaves the queue. While the
     * machine stayed up every line written is there; when the power went, all after the last sync may be missing, so a {@code ready}
     * alone proves nothing any more.
     *
     * @param last null: the journal has no line about this row in this batch
     */
    static Aftermath of(@Nullable Line last, boolean sameBoot) {
        return switch (last) {
            case null -> new Pending();
            case Line.Replied(DeliveryResult result) -> new Settle(result);
            case Line.Dot(var at, String host) -> new InDoubt(host,
                    "the node stopped after the final dot of " + at + " and before the reply");
            case Line.Ready() when sameBoot -> new Pending();
            case Line.Ready() ->
                new InDoubt("", "the machine went down with this mail on its way: its later lines may be lost");
        };
    }
}
