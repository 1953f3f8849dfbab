package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.delivery.Ledger;
import io.caravan.mail.RunId;

import static org.assertj.core.api.Assertions.assertThat;

/** What pages say holds a lane is what a node last found, though nodes start anew and are several. */
class HoldsTest {

    private static final RunId RUN = new RunId(4);
    private static final int LANE = 7;
    private static final DataSource DATABASE = TestDatabase.fresh();

    private final AtomicInteger statements = new AtomicInteger();
    private final Ledger ledger = new Ledger(JdbcClient.create(DATABASE),
            new TransactionTemplate(new DataSourceTransactionManager(DATABASE))) {
        @Override
        public void hold(RunId run, int lane, @Nullable String reason) {
            statements.incrementAndGet();
            super.hold(run, lane, reason);
        }

        @Override
        public Map<Integer, String> heldLanes(RunId run) {
            statements.incrementAndGet();
            return super.heldLanes(run);
        }
    };
    private Instant now = Instant.parse("2026-11-26T10:00:00Z");
    private final Holds a = new Holds(ledger, () -> now);
    private final Holds b = new Holds(ledger, () -> now);

    @BeforeEach
    void nothingIsHeld() {
        ledger.release(RUN);
        statements.set(0);
    }

    private void aMinutePasses() {
        now = now.plus(Duration.ofMinutes(1));
    }

    @Test
    void whatHeldALaneBeforeARestartIsForgottenWhenItFlows() {
        a.tell(RUN, LANE, "quota", "quota: used up");
        a.tell(RUN, 8, "quota", "quota: used up");

        Holds restarted = new Holds(ledger, () -> now);
        statements.set(0);
        restarted.tell(RUN, 8, "quota", "quota: used up");
        assertThat(statements).as("it holds since then, and is not told anew").hasValue(1);
        restarted.tell(RUN, LANE, null, null);

        assertThat(ledger.heldLanes(RUN)).isEqualTo(Map.of(8, "quota: used up"));
        restarted.tell(RUN, 8, "down", "relay main is down");
        assertThat(ledger.holds(RUN)).containsExactly("relay main is down");
    }

    @Test
    void whatAnotherNodeTookAwayIsToldAgainWithinAMinute() {
        a.tell(RUN, LANE, "down", "down");
        b.tell(RUN, LANE, "down", "down");
        a.tell(RUN, LANE, null, null);
        assertThat(ledger.holds(RUN)).isEmpty();

        aMinutePasses();
        b.tell(RUN, LANE, "down", "down");

        assertThat(ledger.holds(RUN)).as("it holds there").containsExactly("down");
    }

    @Test
    void whatANodeSaidThatIsNoMoreIsClearedByOneWhereItFlows() {
        b.tell(RUN, LANE, null, null);
        a.tell(RUN, LANE, "down", "down"); // and is heard of no more

        aMinutePasses();
        b.tell(RUN, LANE, null, null);

        assertThat(ledger.holds(RUN)).isEmpty();
    }

    @Test
    void aClaimCostsNoStatementForWhatIsKnown() {
        String tooLong = "x".repeat(300);
        for (int round = 0; round < 100; round++) {
            a.tell(RUN, LANE, null, null);
            a.tell(RUN, 8, "unprepared", tooLong + round);
        }
        assertThat(statements).as("what stands, and lane 8").hasValue(2);

        aMinutePasses();
        for (int round = 0; round < 100; round++) {
            a.tell(RUN, LANE, null, null);
            a.tell(RUN, 8, "unprepared", tooLong + round);
        }
        assertThat(statements).as("what stands").hasValue(3);

        now = now.minus(Duration.ofHours(2)); // a clock that is set back delays no look
        b.tell(RUN, LANE, null, null);
        a.tell(RUN, 8, null, null);
        assertThat(ledger.holds(RUN)).isEmpty();
    }
}
