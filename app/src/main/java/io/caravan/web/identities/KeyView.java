package io.caravan.web.identities;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.DkimDesk.Line;
import io.caravan.flow.RecordFound;
import io.caravan.identity.KeyState;
import io.caravan.web.Moment;

/**
 * A key in words.
 *
 * @param look    the badge's class
 * @param free    it may be retired without harm
 * @param wrong   why receivers cannot verify what it signs, be it only what is tried again; null: they can, or it is not known
 * @param unknown why it is not known whether they can; null: it is, or it signs nothing
 */
public record KeyView(String selector, String algorithm, String state, String look, String name, String record,
        Moment made, @Nullable Moment from, @Nullable Moment until, @Nullable Moment retired,
        @Nullable Moment freeFrom, boolean free, @Nullable String wrong, @Nullable String unknown) {

    /** @param found of its record; null: it was not looked for */
    static KeyView of(Line key, @Nullable RecordFound found, Instant now) {
        Instant freeFrom = key.freeFrom();
        return new KeyView(key.selector(), key.algorithm().equals("rsa") ? "RSA, 2048 bits" : "Ed25519",
                key.state().word(), look(key.state()), key.name(), key.record(), Moment.at(key.createdAt()),
                Moment.of(key.signsFrom()), Moment.of(key.signsUntil()), Moment.of(key.retiredAt()),
                Moment.of(freeFrom), key.state() == KeyState.NEW || freeFrom != null && !freeFrom.isAfter(now),
                found instanceof RecordFound.Wrong wrong ? wrong.what() : null,
                found instanceof RecordFound.Unknown unknown ? unknown.why() : null);
    }

    private static String look(KeyState state) {
        return switch (state) {
            case NEW -> "info";
            case ACTIVE -> "good";
            case REPLACED -> "warn";
            case RETIRED -> "";
        };
    }
}
