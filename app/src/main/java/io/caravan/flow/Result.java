package io.caravan.flow;

import java.time.Instant;

/**
 * A finished outcome as the results route sees it: already settled in the ledger.
 *
 * @param row     RUN.N
 * @param state   the ledger's word
 * @param address as the person wrote it: an owner's copy may hold it, our logs do not
 */
public record Result(String campaign, String row, String address, String state, String reason, int attempt, String host,
        String status,
        String reply, Instant at) {
}
