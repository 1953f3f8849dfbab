package io.caravan.nodes;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;

import static org.assertj.core.api.Assertions.assertThat;

class TurnsTest {

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static Nodes nodes;
    private static Turns turns;

    @BeforeAll
    static void open() {
        ApplicationContext ledgers = TestLedgers.on(TestDatabase.fresh(), InstantSource.system());
        nodes = ledgers.getBean(Nodes.class);
        turns = ledgers.getBean(Turns.class);
    }

    @Test
    void givesATaskToOneNodeUntilItIsGivenBack() {
        Node ours = alive("ours");
        Node theirs = alive("theirs");

        assertThat(turns.take(ours, "run:1")).isTrue();

        assertThat(turns.take(theirs, "run:1")).isFalse();
        assertThat(turns.take(theirs, "run:2")).isTrue();
        turns.giveBack(theirs, "run:1"); // not theirs to give
        assertThat(turns.take(theirs, "run:1")).isFalse();
        turns.giveBack(ours, "run:1");
        assertThat(turns.take(theirs, "run:1")).isTrue();
    }

    @Test
    void takesTheTurnOfALifeThatIsOver() {
        Node stopped = nodes.start("stopped", "host", "boot"); // its lease was never renewed
        Node restarted = alive("restarted");
        turns.take(stopped, "run:3");
        turns.take(restarted, "run:4");
        Node again = alive("restarted");

        assertThat(turns.take(again, "run:3")).isTrue();
        assertThat(turns.take(again, "run:4")).isTrue();
    }

    @Test
    void takesAgainWhatItCouldNotGiveBack() {
        Node node = alive("forgetful");
        turns.take(node, "run:5");

        assertThat(turns.take(node, "run:5")).isTrue();
    }

    @Test
    void givesATaskThatManyWantAtOnceToOne() throws Exception {
        List<Node> many = Stream.of("a", "b", "c", "d").map(TurnsTest::alive).toList();

        try (var threads = Executors.newFixedThreadPool(many.size())) {
            for (int round = 0; round < 20; round++) {
                String task = "contested:" + round;
                List<Callable<Boolean>> wishes = many.stream()
                        .map(node -> (Callable<Boolean>) () -> turns.take(node, task)).toList();
                long taken = threads.invokeAll(wishes).stream().filter(each -> each.resultNow()).count();
                assertThat(taken).isEqualTo(1);
            }
        }
    }

    private static Node alive(String name) {
        Node node = nodes.start(name, "host", "boot");
        nodes.renew(node, LEASE);
        return node;
    }
}
