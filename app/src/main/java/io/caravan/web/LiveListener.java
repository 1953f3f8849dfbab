package io.caravan.web;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One page that listens. It is written to by a thread of its own while there is something to write: a browser that does not read holds up
 * nobody else.
 */
final class LiveListener {

    private final Set<String> topics;
    private final SseEmitter emitter;
    private final Set<String> waiting = new LinkedHashSet<>();
    private boolean isNew = true;
    private boolean heartbeat;
    private boolean writing;

    LiveListener(List<String> topics, SseEmitter emitter) {
        this.topics = Set.copyOf(topics);
        this.emitter = emitter;
    }

    Set<String> topics() {
        return topics;
    }

    /**
     * Who is new is told of all its topics: they may have moved between the page and the line.
     *
     * @param beat also when none of its topics moved, so that a connection that is gone is noticed
     */
    synchronized void tell(Set<String> moved, boolean beat) {
        topics.stream().filter(topic -> isNew || moved.contains(topic)).forEach(waiting::add);
        isNew = false;
        heartbeat |= beat;
        if (!writing && (heartbeat || !waiting.isEmpty())) {
            writing = true;
            Thread.ofVirtual().name("live-page").start(this::write);
        }
    }

    private void write() {
        try {
            for (SseEmitter.SseEventBuilder event = next(); event != null; event = next()) {
                emitter.send(event);
            }
        } catch (IOException | IllegalStateException e) {
            end(); // the page was closed
        }
    }

    private synchronized SseEmitter.@Nullable SseEventBuilder next() {
        SseEmitter.SseEventBuilder event = SseEmitter.event();
        if (!waiting.isEmpty()) {
            String topic = waiting.iterator().next();
            waiting.remove(topic);
            return event.name("changed").data(topic);
        }
        if (heartbeat) {
            heartbeat = false;
            return event.comment("");
        }
        writing = false;
        return null;
    }

    void end() {
        try {
            emitter.complete();
        } catch (IllegalStateException e) {
            // the web server has noticed before us
        }
    }
}
