package io.caravan.web;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LiveListenersTest {

    private static final Duration PULSE = Duration.ofMillis(10);
    private static final String HEARTBEAT = ":\n\n";
    private final Stamped runs = new Stamped("runs");
    private final Stamped run = new Stamped("run");
    private final LiveListeners listeners = new LiveListeners(List.of(runs, run), PULSE);

    /** A topic that moves when it is told to. */
    private static final class Stamped implements LiveTopic {
        private final String name;
        private final AtomicInteger asked = new AtomicInteger();
        private final Queue<String> abouts = new ConcurrentLinkedQueue<>();
        private volatile String stamp = "1";

        private Stamped(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String stamp(String about) {
            asked.incrementAndGet();
            abouts.add(about);
            if (stamp.isEmpty()) {
                throw new IllegalStateException("the database is away");
            }
            return stamp;
        }
    }

    /** What would go to the browser. */
    private static final class Line extends SseEmitter {
        private final Queue<String> said = new ConcurrentLinkedQueue<>();
        private volatile boolean gone;
        private volatile boolean ended;

        @Override
        public void send(SseEventBuilder event) throws IOException {
            if (gone) {
                throw new IOException("the page was closed");
            }
            String text = event.build().stream().map(part -> part.getData().toString()).collect(Collectors.joining());
            if (!text.equals(HEARTBEAT)) {
                said.add(text);
            }
        }

        @Override
        public void complete() {
            ended = true;
        }
    }

    @AfterEach
    void stop() {
        listeners.stop();
    }

    private LiveListener listens(Line line, String... topics) {
        LiveListener listener = new LiveListener(List.of(topics), line);
        assertThat(listeners.add(listener)).isTrue();
        return listener;
    }

    @Test
    void whoListensHearsOfItsOwnTopicsOnly() {
        listeners.start();
        Line all = new Line();
        Line one = new Line();
        listens(all, "runs", "run:7");
        listens(one, "run:7");
        await().until(() -> all.said.size() == 2 && one.said.size() == 1); // what moved before they listened
        all.said.clear();
        one.said.clear();

        runs.stamp = "2";

        await().until(() -> !all.said.isEmpty());
        assertThat(all.said).containsExactly("event:changed\ndata:runs\n\n");
        assertThat(one.said).isEmpty();
        assertThat(run.abouts).containsOnly("7");
    }

    @Test
    void nothingIsAskedWhenNobodyListens() {
        listeners.start();
        await().during(PULSE.multipliedBy(10)).until(() -> runs.asked.get() == 0);
        Line line = new Line();
        LiveListener listener = listens(line, "runs");
        await().until(() -> runs.asked.get() > 2);

        listeners.remove(listener);

        int asked = runs.asked.get();
        await().during(PULSE.multipliedBy(10)).until(() -> runs.asked.get() <= asked + 1);
        int last = runs.asked.get();
        await().during(PULSE.multipliedBy(10)).until(() -> runs.asked.get() == last);
        assertThat(run.asked).hasValue(0);
    }

    @Test
    void databaseThatIsAwayIsNoChange() {
        listeners.start();
        Line line = new Line();
        listens(line, "runs");
        await().until(() -> line.said.size() == 1);

        runs.stamp = "";

        int asked = runs.asked.get();
        await().until(() -> runs.asked.get() > asked + 3);
        assertThat(line.said).hasSize(1);
    }

    @Test
    void tooManyAreRefusedAndSoIsWhoComesAfterTheStop() {
        assertThat(listeners.add(new LiveListener(List.of("runs"), new Line()))).isFalse();
        listeners.start();
        for (int i = 0; i < LiveListeners.MOST; i++) {
            listens(new Line(), "runs");
        }

        assertThat(listeners.add(new LiveListener(List.of("runs"), new Line()))).isFalse();
    }

    @Test
    void stopEndsEveryLineAtOnce() {
        listeners.start();
        Line line = new Line();
        listens(line, "runs");

        listeners.stop();

        assertThat(line.ended).isTrue();
        assertThat(listeners.count()).isZero();
    }

    @Test
    void pageThatWasClosedIsNoticedAtTheNextWord() {
        listeners.start();
        Line line = new Line();
        line.gone = true;

        listens(line, "runs");

        await().until(() -> line.ended);
    }
}
