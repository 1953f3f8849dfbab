package io.caravan.delivery;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowId;

/**
 * One row of an open batch, with what rendering it needs.
 *
 * @param written    the address as the person wrote it
 * @param canonical  the same as the key that suppressions go by
 * @param attempts   how many were made before
 * @param dated      the Date header of every attempt
 * @param firstAttempt null if there was none
 * @param attributes the person's attributes as a JSON object
 */
public record Planned(RowId row, int lane, String written, String canonical, int attempts, Instant dated,
        @Nullable Instant firstAttempt, String attributes) {
}
