package io.caravan.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.caravan.mail.RowId;
import io.caravan.mail.RunId;

import static io.caravan.delivery.LedgerFixture.EPOCH;
import static io.caravan.delivery.LedgerFixture.NODE;
import static org.assertj.core.api.Assertions.assertThat;

/** A domain that is strewn over a lane is put aside in as many pieces as it has rows: what any act reads grows with the run, not with both. */
class HoldsOfLargeRunsTest {

    private static final int LANE = 1;
    /** Every tenth is of the domain that is held. */
    private static final int EACH = 10;
    private static final int PLANNED = 40_000;
    private static final int CLAIMED = 30_000;
    private static final int ASIDE = CLAIMED / EACH;
    private static final int HELD = PLANNED / EACH;

    private final LedgerFixture on = new LedgerFixture();
    private final QueueHolds holds = new QueueHolds(on.jdbc, on.transaction);
    private final QueueRows rows = new QueueRows(on.jdbc);
    private final RunId run = planned();
    private final long order = holds.hold(new QueueFilter(0, "", "", "b.example"), "x", null);
    private final BatchReference batch = claim(CLAIMED);

    private RunId planned() {
        RunId planned = on.run();
        on.jdbc.sql(
                "insert into contact (address, written, domain) select concat('p', seq, d.name), concat('p', seq, d.name),"
                        + " substr(d.name, 2) from seq_1_to_" + PLANNED
                        + " join (select '@a.example' name, 0 held union select '@b.example', 1) d on d.held = (seq % "
                        + EACH + " = 0)"
                        + " order by seq")
                .update();
        on.jdbc.sql("""
                insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state)
                select :run, row_number() over (order by id), id, 1, address, domain, :lane, 'pending' from contact""")
                .param("run", planned.value()).param("lane", LANE).update();
        on.jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n) values (:run, :lane, 1, :last)")
                .param("run", planned.value()).param("lane", LANE).param("last", PLANNED).update();
        on.jdbc.sql("insert into lane (id, identity, provider) values (:lane, 'shop', 'big.example')")
                .param("lane", LANE).update();
        return planned;
    }

    private Restraint restraint() {
        return new Restraint(Set.of(order), List.of(new Restraint.OfDomain(holds.all().getFirst(), null)));
    }

    private BatchReference claim(int rows) {
        return on.claims.claim(run, NODE, EPOCH, Map.of(LANE, rows), restraint()).orElseThrow().batch();
    }

    private QueuePart part(@Nullable Set<Integer> lanes, String domain) {
        return new QueuePart(List.of(run.value()), lanes, domain, true, true, "");
    }

    private long reads(Supplier<?> work) {
        return on.transaction.execute(_ -> new SessionReads(on.jdbc).of(work)); // a transaction keeps its connection
    }

    private String reason(int n) {
        return on.ledger.row(new RowId(run.value(), n)).orElseThrow().reason();
    }

    private long aside() {
        return on.jdbc.sql("select count(*) from stretch where hold_id <> 0").query(Long.class).single();
    }

    @Test
    void countsWithoutReadingWhatIsSettled() {
        assertThat(aside()).isEqualTo(ASIDE);
        assertThat(rows.count(part(Set.of(LANE), "b.example"))).isEqualTo(new QueueRows.Count(HELD, 0, 0));
        assertThat(rows.count(part(null, "a.example")))
                .isEqualTo(new QueueRows.Count(PLANNED - HELD - batch.size(), 0, batch.size()));
        assertThat(rows.count(part(Set.of(LANE + 1), "a.example"))).isEqualTo(new QueueRows.Count(0, 0, 0));

        on.jdbc.sql("update batch set state = 'closed'").update();

        assertThat(reads(() -> rows.count(part(null, "b.example")))).isLessThan(PLANNED);
    }

    @Test
    void aReleaseReadsNoRowOfTheLedger() {
        assertThat(reads(() -> holds.release(List.of(order)))).isLessThan(4 * ASIDE);

        assertThat(aside()).isZero();
        assertThat(holds.all()).isEmpty();
        assertThat(on.claims.waiting(run)).containsExactly(new Claims.Waiting(LANE, PLANNED - batch.size(), 0));
        assertThat(reason(EACH)).isEmpty();
    }

    @Test
    void anOrderThatIsOverReadsNoMoreWhenItIsReleased() {
        on.jdbc.sql("update queue_hold set until = utc_timestamp(6)").update();

        assertThat(reads(holds::releaseOver)).isLessThan(4 * ASIDE);

        assertThat(aside()).isZero();
        assertThat(holds.all()).isEmpty();
    }

    @Test
    void claimsReadWhatIsFreeAndNotWhatIsPutAside() {
        assertThat(reads(() -> on.claims.waiting(run))).isLessThan(100);
        assertThat(reads(() -> claim(100))).isLessThan(1_000);
    }

    @Test
    void cancelsWhatIsHeldWithoutReadingThePiecesAgainAndAgain() {
        long read = reads(() -> on.cancellations.cancel(part(null, "b.example"), "x"));

        assertThat(read).isLessThan(2 * PLANNED);
        assertThat(aside()).isZero();
        assertThat(rows.count(part(null, "")))
                .isEqualTo(new QueueRows.Count(PLANNED - CLAIMED - HELD + ASIDE, 0, batch.size()));
        assertThat(on.jdbc.sql("select count(*) from delivery where state = 'cancelled'").query(Integer.class).single())
                .isEqualTo(HELD);
    }

    @Test
    void aRowSaysWhatHoldsItByTheOrdersAsTheyAre() {
        assertThat(reason(EACH)).isEqualTo("held by hand: x");
        assertThat(reason(PLANNED)).as("no claim has come to it yet").isEqualTo("held by hand: x");
        assertThat(reason(PLANNED - 1)).as("another domain").isEmpty();

        holds.hold(new QueueFilter(0, "", "", "b.example"), "y", null);
        assertThat(reason(EACH)).as("the same order again").isEqualTo("held by hand: y");
        on.jdbc.sql("update queue_hold set until = utc_timestamp(6)").update();
        assertThat(reason(EACH)).as("its time is over").isEmpty();
        assertThat(holds.releaseOver()).hasSize(1);
        assertThat(reason(EACH)).isEmpty();
    }

    @Test
    void aRowIsHeldByOrdersAboutItsOwnRunIdentityAndProvider() {
        holds.release(List.of(order));
        Instant later = Instant.now().plusSeconds(3600);
        holds.hold(new QueueFilter(run.value() + 1, "", "", "b.example"), "another run", later);
        holds.hold(new QueueFilter(0, "news", "", "b.example"), "another identity", null);
        holds.hold(new QueueFilter(0, "shop", "*", "b.example"), "another provider", null);
        assertThat(reason(EACH)).isEmpty();

        on.ledger.hold(run, LANE, "paced");
        assertThat(reason(EACH)).isEqualTo("paced");
        holds.hold(new QueueFilter(run.value(), "shop", "big.example", "b.example"), "its own", later);

        assertThat(reason(EACH)).isEqualTo("held by hand: its own");
        assertThat(reason(PLANNED - 1)).as("another domain").isEqualTo("paced");
    }
}
