package io.caravan.web;

import java.util.List;
import java.util.regex.Pattern;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * {@code /live?topic=runs&topic=run:17}: tells a page, as server-sent events named {@code changed}, which of its topics moved. 503 when
 * too many pages listen already: they poll.
 */
@Controller
class LivePage {

    private static final int MOST_TOPICS = 20;
    /** It is said again on a line of its own in the stream: a line end in it would begin another one. */
    private static final Pattern TOPIC = Pattern.compile("[a-z]+(:[\\w.~-]{0,200})?");

    private final LiveListeners listeners;

    LivePage(LiveListeners listeners) {
        this.listeners = listeners;
    }

    @GetMapping("/live")
    ResponseEntity<SseEmitter> listen(@RequestParam("topic") List<String> topics) {
        if (topics.size() > MOST_TOPICS || !topics.stream().allMatch(this::isKnown)) {
            return ResponseEntity.notFound().build();
        }
        SseEmitter emitter = new SseEmitter(0L); // for as long as the page is there
        LiveListener listener = new LiveListener(topics, emitter);
        emitter.onCompletion(() -> listeners.remove(listener));
        emitter.onError(_ -> listeners.remove(listener));
        if (!listeners.add(listener)) {
            return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).build();
        }
        return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).header("X-Accel-Buffering", "no")
                .body(emitter);
    }

    private boolean isKnown(String topic) {
        return TOPIC.matcher(topic).matches() && listeners.knows(topic);
    }
}
