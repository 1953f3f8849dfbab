package io.caravan.flow;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Planned;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.RowId;

import static org.assertj.core.api.Assertions.assertThat;

class InFlightTest {

    static final QuotaRoom.Taken NO_QUOTA = new QuotaRoom.Taken(Identity.plain("shop.example"), null, 0);
    private static final String ROUTE = "relay:sink";
    private static final int LANE = 1;
    private static final BatchReference BATCH = new BatchReference(7, 1, 1, 1, 2);

    private final InFlight inFlight = new InFlight();

    @Test
    void aReferenceThatASeamBringsTwiceOpensItsBatchOnce() {
        inFlight.claimed(BATCH, ROUTE, Map.of(LANE, 2), NO_QUOTA);
        Held first = held();
        assertThat(inFlight.opened(first)).isTrue();
        assertThat(first.decide(1)).isTrue();

        boolean again = inFlight.opened(held());
        inFlight.dropped(BATCH);

        assertThat(again).isFalse();
        assertThat(inFlight.batch(7)).isSameAs(first);
        assertThat(inFlight.rows(ROUTE)).isEqualTo(2);
        assertThat(first.undecided()).containsExactly(2);
    }

    @Test
    void aBatchOfAnotherNodesClaimIsKnownFromBeforeTheLedgerSaysSoAndCountedByItsRoad() {
        BatchReference theirs = BATCH.on("relay:other");
        assertThat(inFlight.takes(theirs)).isTrue();
        assertThat(inFlight.takes(theirs)).as("it is being taken").isFalse();
        assertThat(inFlight.knows(7)).isTrue();

        inFlight.opened(new Held(theirs, inFlight.route(theirs), null, List.of(planned(1), planned(2))));
        inFlight.took(theirs);

        assertThat(inFlight.knows(7)).isTrue();
        assertThat(inFlight.rows("relay:other")).isEqualTo(2);
    }

    @Test
    void whatAnotherNodeHasTakenIsOffThisNodesRoad() {
        inFlight.claimed(BATCH, ROUTE, Map.of(LANE, 2), NO_QUOTA);
        inFlight.handedOver(Set.of(7L));
        assertThat(inFlight.rows(ROUTE)).isEqualTo(2);
        inFlight.takes(BATCH);
        inFlight.handedOver(Set.of());
        assertThat(inFlight.knows(7)).as("it is taking it itself").isTrue();
        inFlight.took(BATCH);

        inFlight.handedOver(Set.of());

        assertThat(inFlight.knows(7)).isFalse();
        assertThat(inFlight.rows(ROUTE)).isZero();
    }

    @Test
    void aClaimIsKnownUntilItIsDroppedOrItsLastRowLeft() {
        inFlight.claimed(BATCH, ROUTE, Map.of(LANE, 2), NO_QUOTA);
        assertThat(inFlight.knows(7)).isTrue();

        inFlight.dropped(BATCH);
        assertThat(inFlight.knows(7)).isFalse();
        assertThat(inFlight.rowsOf(LANE)).isZero();
        assertThat(inFlight.rows(ROUTE)).isZero();

        Held taken = held();
        inFlight.claimed(BATCH, ROUTE, Map.of(LANE, 2), NO_QUOTA);
        inFlight.opened(taken);
        assertThat(inFlight.rowsOf(LANE)).isEqualTo(2);
        assertThat(inFlight.left(taken, List.of(1))).isFalse();
        assertThat(inFlight.rowsOf(LANE)).isEqualTo(1);
        assertThat(inFlight.knows(7)).isTrue();
        assertThat(inFlight.left(taken, List.of(2))).isTrue();
        assertThat(inFlight.byLane()).isEmpty();
        assertThat(inFlight.knows(7)).isFalse();
        assertThat(inFlight.rows(ROUTE)).isZero();
        assertThat(inFlight.closedSince()).containsExactly(7L);
    }

    private static Held held() {
        return new Held(BATCH, ROUTE, null, List.of(planned(1), planned(2)));
    }

    private static Planned planned(int n) {
        return new Planned(new RowId(1, n), LANE, "a@b.example", "a@b.example", 0, Instant.EPOCH, null, "{}");
    }
}
