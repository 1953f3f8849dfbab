package io.caravan.web;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LivePageTest {

    private final Site site = Site.shared();

    @Test
    void changeOfATopicComesAsAnEvent() throws Exception {
        Site.Runs runs = site.bean(Site.Runs.class);
        runs.lines.clear();
        HttpResponse<Stream<String>> answer = site.http.send(
                site.request("/live?topic=runs").header("Authorization", "Bearer " + Site.TOKEN).build(),
                HttpResponse.BodyHandlers.ofLines());
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        try (Stream<String> body = answer.body()) {
            Thread.ofVirtual().start(() -> body.forEach(lines::add));
            assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            await().until(() -> lines.contains("data:runs"));
            await().during(2, SECONDS).until(() -> true); // its stamp is known now
            lines.clear();

            runs.lines.add(Sample.run("spring", 1, RunState.RUNNING, null, Instant.now(), null, 1, null,
                    Map.of(RowState.PENDING, 1L)));

            await().until(() -> lines.contains("event:changed") && lines.contains("data:runs"));
        }
        runs.lines.clear();
    }

    @Test
    void topicThatNobodyKnowsIsNotFound() throws Exception {
        assertThat(site.owner("/live?topic=weather").statusCode()).isEqualTo(404);
    }

    @Test
    void strangersHearNothing() throws Exception {
        assertThat(site.get("/live?topic=runs").statusCode()).isEqualTo(401);
    }
}
