package io.caravan.web.identities;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.flow.DkimDesk.Line;
import io.caravan.identity.KeyState;
import io.caravan.web.Moment;

/**
 * A key in words.
 *
 * @param look the badge's class
 * @param free it may be retired without harm
 */
public record KeyView(String selector, String algorithm, String state, String look, String name, String record,
        Moment made, @Nullable Moment from, @Nullable Moment until, @Nullable Moment retired,
        @Nullable Moment freeFrom, boolean free) {

    static KeyView of(Line key, Instant now) {
        Instant freeFrom = key.freeFrom();
        return new KeyView(key.selector(), key.algorithm().equals("rsa") ? "RSA, 2048 bits" : "Ed25519",
                key.state().word(), look(key.state()), key.name(), key.record(), Moment.at(key.createdAt()),
                Moment.of(key.signsFrom()), Moment.of(key.signsUntil()), Moment.of(key.retiredAt()),
                Moment.of(freeFrom), key.state() == KeyState.NEW || freeFrom != null && !freeFrom.isAfter(now));
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
