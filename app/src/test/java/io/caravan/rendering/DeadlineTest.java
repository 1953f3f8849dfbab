package io.caravan.rendering;

import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlineTest {

    private final AtomicLong wall = new AtomicLong(Long.MAX_VALUE - 5); // nanoTime may begin anywhere
    private final AtomicLong processor = new AtomicLong(7);
    private final Deadline deadline = new Deadline(100, wall::get, processor::get);

    @Test
    void isNotOverBecauseTheMachineWasBusyWithOthers() {
        wall.addAndGet(1_000_000);

        assertThat(deadline.isOver()).isFalse();

        wall.addAndGet(1_000_000);
        processor.addAndGet(90);

        assertThat(deadline.isOver()).isFalse();
    }

    @Test
    void isOverWhenTheWorkItselfTakesTooLong() {
        wall.addAndGet(101);

        assertThat(deadline.isOver()).isFalse();

        processor.addAndGet(101);

        assertThat(deadline.isOver()).isTrue();
    }

    @Test
    void endsAThreadThatOnlyTurns() {
        Deadline own = new Deadline(1_000_000);

        long turns = 0;
        while (!own.isOver()) {
            turns++;
        }

        assertThat(turns).isPositive();
    }
}
