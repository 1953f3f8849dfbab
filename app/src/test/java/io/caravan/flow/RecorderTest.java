package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Settlements;
import io.caravan.delivery.ShortTurn;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the loop that settles does when a turn of it fails for want of memory. */
class RecorderTest {

    private static final BatchReference BATCH = new BatchReference(7, 1, 1, 1, 2);

    private final InFlight inFlight = new InFlight();
    private final Held batch = new Held(BATCH, "relay:sink", null, List.of(planned(1), planned(2)));
    private final List<Outcome> settled = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger unsettling = new AtomicInteger();
    private final Recorder recorder = recorder();

    private final List<Duration> patience = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        inFlight.opened(batch);
        recorder.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        recorder.stop(Duration.ofSeconds(5));
    }

    @Test
    void settlesTheSameResultsAfterATurnThatHadNoMemory() {
        unsettling.set(2);

        hears(1);

        await().until(() -> recorder.settledRows() == 1);
        assertThat(settled).singleElement().extracting(Outcome::row).isEqualTo(new RowId(1, 1));
    }

    /** Else one that needs more than a minute for it would never be done. */
    @Test
    void givesTheDatabaseMoreTimeWithEachTurnInVainAndLessAgainAfterIt() {
        unsettling.set(2);

        hears(1);
        await().until(() -> recorder.settledRows() == 1);
        hears(2);
        await().until(() -> recorder.settledRows() == 2);

        assertThat(patience).extracting(Duration::toSeconds).containsExactly(60L, 120L, 240L, 60L);
    }

    /** Else its batch would be closed before its last result is there, and its lines of the journal gone. */
    @Test
    void whatIsSettledLeavesItsBatchOnceThoughTheMemoryEndsThen() {
        AtomicInteger wakes = new AtomicInteger();
        recorder.wakes(() -> {
            if (wakes.incrementAndGet() == 1) {
                throw new InternalError("as if there were no memory");
            }
        });

        hears(1);

        await().until(() -> recorder.behind().isZero() && wakes.get() > 0);
        assertThat(inFlight.batch(7)).isSameAs(batch);
        assertThat(settled).hasSize(1);
        hears(2);
        await().until(() -> inFlight.batch(7) == null);
        assertThat(settled).hasSize(2);
    }

    private void hears(int n) {
        recorder.take(batch, new RowId(1, n), 1, new DeliveryResult.Accepted("mx.example", "", "250 ok"));
    }

    private Recorder recorder() {
        Outcomes outcomes = new Outcomes(null, null, null) {
            @Override
            Outcome of(Recorder.Heard heard) {
                return new Outcome(7, heard.row(), 1, 1, heard.at(), RowState.ACCEPTED, "", "mx.example", "", "250 ok",
                        null);
            }
        };
        Settlements ledger = new Settlements(null, null) {
            @Override
            public List<Outcome> settle(int node, int epoch, List<Outcome> some, Consumer<List<Outcome>> together) {
                ShortTurn.answer().ifPresent(patience::add);
                if (unsettling.getAndDecrement() > 0) {
                    throw new InternalError("as if there were no memory");
                }
                settled.addAll(some);
                return some;
            }
        };
        SettledCounts counts = new SettledCounts(null) {
            @Override
            void add(List<Outcome> some) {
                // no metrics here
            }
        };
        Sending sending = new Sending(true, Set.of(), Sending.MAILBOX, Map.of(), Map.of(), null,
                Map.of(), Map.of(), Map.of(), "http://127.0.0.1:8080", 500, 1_500,
                64 << 20, Duration.ofSeconds(5));
        ResultsOut results = new ResultsOut(inFlight, null, null, sending) {
            @Override
            void add(List<Outcome> some) {
                // nobody listens
            }
        };
        return new Recorder(outcomes, ledger, null, new LaneMoves(null, null, null, null, null, null, null), null,
                inFlight, results, new Speed(InstantSource.system()), counts,
                InstantSource.system());
    }

    private static Planned planned(int n) {
        return new Planned(new RowId(1, n), 1, "a@b.example", "a@b.example", 0, Instant.EPOCH, null, "{}");
    }
}
