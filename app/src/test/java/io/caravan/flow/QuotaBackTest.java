package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.TestDatabase;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Claims;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Returns;
import io.caravan.delivery.RunLanes;
import io.caravan.delivery.Settlements;
import io.caravan.flow.InFlight.Held;
import io.caravan.flow.Recorder.Heard;
import io.caravan.mail.BatchId;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RunId;
import io.caravan.pacing.Lanes;
import io.caravan.pacing.Quotas;
import io.caravan.shaping.DailyQuota;
import io.caravan.shaping.RetrySchedule;
import io.caravan.shaping.WarmUp;
import io.caravan.shaping.WarmUps;

import static org.assertj.core.api.Assertions.assertThat;

/** Mail that was claimed and goes back untried is of its day's quota again, once, and never more than was taken. */
class QuotaBackTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);
    private static final Identity SMALL = new Identity("small", "small.example", "b.small.example", null, "small", null,
            null, new DailyQuota(20, ZoneOffset.UTC));
    private static final String ROUTE = "relay:sink";

    private final DataSource source = TestDatabase.fresh();
    private final JdbcClient jdbc = JdbcClient.create(source);
    private final TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
    private final Claims claims = new Claims(jdbc, transaction);
    private final Lanes lanes = new Lanes(jdbc);
    private final Quotas used = new Quotas(jdbc, transaction);
    private final InFlight inFlight = new InFlight();
    private final Sending sending = new Sending(false, Set.of(), ROUTE, Map.of(), Map.of("small", SMALL), null,
            Map.of(), Map.of(), Map.of(), "http://127.0.0.1:8080", 500, 1_500, 64 << 20, Duration.ofSeconds(5));
    private Instant now = Instant.parse("2026-11-25T23:59:00Z");
    private final QuotaRoom quotas = new QuotaRoom(used, sending, () -> now);
    private final List<WarmUp> warmUps = new ArrayList<>();
    private final LaneMoves moves = new LaneMoves(sending, inFlight, lanes, new RunLanes(jdbc),
            new Returns(jdbc, transaction), quotas, new WarmUps(warmUps));
    private int lane;
    private RunId run;

    @BeforeEach
    void thirtyMailsArePlanned() {
        lane = lanes.tail("small");
        jdbc.sql("insert ignore into campaign (id, name, state, version, created_at, updated_at)"
                + " values (1, 'c', 'running', 1, now(6), now(6))").update();
        run = new RunId(jdbc.sql("insert into run (campaign_id, number, version, kind, state, scheduled_for, opened_at)"
                + " values (1, 1, 1, 'first', 'running', now(6), now(6)) returning id").query(Long.class).single());
        jdbc.sql("insert into contact (address, written, domain) select concat('p', seq, '@a.example'),"
                + " concat('p', seq, '@a.example'), 'a.example' from seq_1_to_30").update();
        jdbc.sql("insert into contact_version (contact_id, version, attributes) select id, 1, '{}' from contact")
                .update();
        jdbc.sql("insert into delivery (run_id, n, contact_id, contact_version, address, domain, lane_id, state)"
                + " select :run, row_number() over (order by id), id, 1, address, domain, :lane, 'pending' from contact")
                .param("run", run.value()).param("lane", lane).update();
        jdbc.sql("insert into stretch (run_id, lane_id, next_n, to_n) values (:run, :lane, 1, 30)")
                .param("run", run.value()).param("lane", lane).update();
        jdbc.sql("insert into run_lane (run_id, lane_id, from_n, to_n, planned) values (:run, :lane, 1, 30, 30)")
                .param("run", run.value()).param("lane", lane).update();
    }

    /** As {@link PacedClaim} and {@link BatchSteps} do it. */
    private Held claimed(int rows) {
        QuotaRoom.Taken quota = quotas.take(SMALL, ROUTE, rows);
        BatchReference batch = claims.claim(run, 1, 1, Map.of(lane, (int) quota.n())).orElseThrow();
        inFlight.claimed(batch, ROUTE, Map.of(), quota);
        return opened(batch);
    }

    private Held opened(BatchReference batch) {
        Held held = new Held(batch, ROUTE, new Prepared(null, null, SMALL, ""), new Batches(jdbc).rows(batch));
        inFlight.opened(held);
        return held;
    }

    private static List<Integer> rows(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void aStepThatFailsForEveryBatchEatsNothingOfTheDay() {
        for (int round = 0; round < 5; round++) {
            Held held = claimed(20);
            moves.giveBack(held, held.undecided());
        }

        assertThat(used.used("small", TODAY)).isZero();
        assertThat(claimed(30).reference.size()).isEqualTo(20);
        assertThat(quotas.take(SMALL, ROUTE, 1).n()).isZero();
    }

    @Test
    void whatIsToldTwiceIsReturnedOnceAndARowThatMovesCountsInItsNewLaneAlone() {
        Held held = claimed(10);
        held.moves(3, "big.example");

        moves.giveBack(held, rows(1, 4));
        moves.giveBack(held, rows(1, 6));

        assertThat(used.used("small", TODAY)).as("rows 7 to 10 are on their way").isEqualTo(4);
    }

    @Test
    void aRowOfTheSmallOnesMovesToAProviderThatAWarmUpPlanNames() {
        Held held = claimed(10);
        assertThat(moves.objection(mail(held, 1), "google")).as("too few for a lane").isNull();

        warmUps.add(new WarmUp("small", "google", TODAY, List.of(10L), null));

        assertThat(moves.objection(mail(held, 1), "google")).contains("it goes to that lane");
    }

    @Test
    void whatFoundNoServiceIsOfItsDayAgainOnceAndWhatAHostAnsweredOrIsInDoubtIsNot() {
        Held held = claimed(20);
        List<Heard> heard = new ArrayList<>();
        for (int n : rows(1, 8)) {
            heard.add(heard(held, n, new DeliveryResult.Deferred("127.0.0.1", "", "", "connection refused")));
        }
        heard.add(heard(held, 9, new DeliveryResult.Deferred("relay", "5.7.8", "535 5.7.8 no", "AUTH: 535 5.7.8 no")));
        heard.add(heard(held, 10,
                new DeliveryResult.Deferred("mx", "4.2.1", "450 4.2.1 later", "RCPT answered 450", "RCPT")));
        heard.add(heard(held, 11, new DeliveryResult.InDoubt("mx", "the line went after the dot")));
        heard.add(heard(held, 12, new DeliveryResult.Accepted("mx", "2.0.0", "250 2.0.0 ok")));

        settle(heard);
        settle(heard); // its commit was not answered

        assertThat(used.used("small", TODAY)).isEqualTo(20 - 9);
        assertThat(jdbc.sql("select count(*) from delivery where state = 'deferred'").query(Long.class).single())
                .isEqualTo(11);
    }

    private Heard heard(Held held, int n, DeliveryResult result) {
        return new Heard(held, held.row(n).row(), 1, result, now, 0);
    }

    /** As {@link Recorder} does it. */
    private void settle(List<Heard> heard) {
        Outcomes outcomes = new Outcomes(
                new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4), Duration.ofDays(3)),
                new Refusals(ReplyRulesFile.read(Path.of("nowhere"))), null);
        new Settlements(jdbc, transaction).settle(1, 1,
                heard.stream().map(one -> outcomes.of(one.batch().reference.batch(), one.batch().row(one.row().n()),
                        InDoubtPolicy.RESEND, 1, one.result(), one.at())).toList(),
                settled -> quotas.giveBackUnoffered(settled, heard));
    }

    private static Finished mail(Held held, int n) {
        Planned row = held.row(n);
        return new Finished(row.row(), new BatchId(held.reference.batch()), 1,
                new Envelope("b@b.small.example", EmailAddress.parse(row.written())), "small", "l", ROUTE, "<1@x>",
                List.of());
    }

    @Test
    void whatWasTakenOfADayGoesBackToThatDay() {
        Held held = claimed(20);
        now = now.plusSeconds(120);
        assertThat(quotas.take(SMALL, ROUTE, 15).n()).isEqualTo(15);

        moves.giveBack(held, rows(1, 20));

        assertThat(used.used("small", TODAY.plusDays(1))).isEqualTo(15);
        assertThat(used.used("small", TODAY)).isZero();
    }

    @Test
    void whatThisNodeNoLongerHoldsOrDidNotClaimItReturnsNothingOf() {
        Held lost = claimed(5);
        jdbc.sql("update batch set epoch = epoch + 1").update(); // as after a restart: somebody else settles it
        moves.giveBack(lost, rows(1, 5));
        assertThat(used.used("small", TODAY)).isEqualTo(5);

        quotas.take(SMALL, ROUTE, 5);
        Held ofAnother = opened(claims.claim(run, 1, 1, Map.of(lane, 5)).orElseThrow());
        moves.giveBack(ofAnother, ofAnother.undecided());
        assertThat(used.used("small", TODAY)).as("whose day it was of is not known here").isEqualTo(10);
    }
}
