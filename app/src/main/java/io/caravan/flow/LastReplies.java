package io.caravan.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Outcome;
import io.caravan.pacing.LaneReplies;
import io.caravan.pacing.LaneReplies.Reply;

/** The last thing that each lane's hosts said, kept for people: in memory as results come, in the database once a second if it has changed. */
@Component
class LastReplies {

    private final LaneReplies replies;
    private final Map<Integer, Reply> untold = new ConcurrentHashMap<>();

    LastReplies(LaneReplies replies) {
        this.replies = replies;
    }

    void heard(List<Outcome> settled) {
        for (Outcome outcome : settled) {
            if (!outcome.reply().isEmpty() && outcome.isAttempt()) {
                untold.merge(outcome.lane(),
                        new Reply(outcome.at(), outcome.state(), outcome.host(), outcome.reply()),
                        (known, next) -> next.at().isBefore(known.at()) ? known : next);
            }
        }
    }

    /** What is heard meanwhile is told the next time. */
    void tell() {
        Map<Integer, Reply> now = new HashMap<>(untold);
        if (!now.isEmpty()) {
            replies.tell(now);
            now.forEach(untold::remove);
        }
    }
}
