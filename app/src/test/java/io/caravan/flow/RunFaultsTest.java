package io.caravan.flow;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import io.caravan.campaign.Action;
import io.caravan.campaign.Run;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** A run whose move fails: it holds up no other, and says so. */
class RunFaultsTest extends RunMovesFixture {

    @Test
    void oneRunThatCannotBePlannedHoldsUpNoOther() {
        Run poison = run;
        Run other = started(campaign(List.of()), Action.START);
        running(other);
        all(other, "accepted");
        beforePlan = one -> {
            if (one.id().equals(poison.id())) {
                throw new NullPointerException("no numbers were set aside for lane 2");
            }
        };

        steps.advance();

        assertThat(state(other)).isEqualTo(RunState.FINISHED);
        assertThat(reason(poison)).as("once is nothing").isNull();
        advanceUntil(() -> reason(poison) != null);
        assertThat(reason(poison)).startsWith(
                "cannot go on: NullPointerException: no numbers were set aside for lane 2; it is tried again");
        beforePlan = _ -> {
        };
        advanceUntil(() -> state(poison) == RunState.RUNNING);
        assertThat(reason(poison)).isNull();
        assertThat(counts.of(poison.id())).containsEntry(RowState.PENDING, 3L);
    }

    @Test
    void oneRunWhoseAttributesHaveNoBottomHoldsUpNoOther() {
        planned(run);
        jdbc.sql("update run set reason = '3 people at 1 domain that takes no mail' where id = ?")
                .param(run.id().value()).update();
        Run other = started(campaign(List.of()), Action.START);
        running(other);
        all(other, "accepted");
        inPreflight = one -> {
            if (one.id().equals(run.id())) {
                throw new StackOverflowError();
            }
        };

        steps.advance();

        assertThat(state(other)).isEqualTo(RunState.FINISHED);
        advanceUntil(() -> RunNote.fault(reason(run)) != null);
        assertThat(reason(run)).startsWith("3 people at 1 domain that takes no mail\ncannot go on: StackOverflowError");
        inPreflight = _ -> {
        };
        advanceUntil(() -> state(run) == RunState.RUNNING);
        assertThat(reason(run)).isEqualTo("3 people at 1 domain that takes no mail");
    }

    @Test
    void aRunThatFailsAgainAndAgainRestsForLongerAndLongerUntilItGoesOn() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // where a monotonic clock begins says nothing
        RunFaults faults = new RunFaults(runs, now::get);
        long[] rests = new long[9];

        for (int i = 0; i < rests.length; i++) {
            faults.failed(current(run), "run", new IllegalStateException("no"));
            while (faults.rests(run.id())) {
                now.addAndGet(Duration.ofSeconds(1).toNanos());
                rests[i]++;
            }
        }

        assertThat(rests).containsExactly(1, 2, 4, 8, 16, 32, 60, 60, 60);
        assertThat(RunNote.fault(reason(run))).contains("IllegalStateException: no");
        faults.over(current(run));
        assertThat(reason(run)).isNull();
        faults.failed(current(run), "run", new IllegalStateException("no"));
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(faults.rests(run.id())).isFalse();
    }

    private void advanceUntil(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        do {
            steps.advance();
        } while (!condition.getAsBoolean() && System.nanoTime() < end);
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
