package io.caravan.transport;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long each step may take, RFC 5321 section 4.5.3.2; each is the time for the whole
 * reply, so a host that sends a byte a second is cut off, too.
 *
 * @param connect  the TCP connection, one address
 * @param greeting the 220 and each step before the first mail: EHLO, STARTTLS, TLS handshake, AUTH
 * @param mail     MAIL and RSET
 * @param block    writing one piece of content (64 kB)
 * @param dot      the reply to the final dot; a short one makes doubts
 * @param idle     how long an unused connection is kept; shorter than the five minutes after which servers hang up, so that we end it
 */
public record Waits(Duration connect, Duration greeting, Duration mail, Duration rcpt, Duration data, Duration block,
        Duration dot,
        Duration idle) {

    public static final Waits RFC_5321 = new Waits(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofMinutes(5),
            Duration.ofMinutes(5), Duration.ofMinutes(2), Duration.ofMinutes(3), Duration.ofMinutes(10),
            Duration.ofMinutes(1));

    public Waits {
        for (Duration wait : List.of(connect, greeting, mail, rcpt, data, block, dot, idle)) {
            if (wait.isNegative() || wait.isZero()) {
                throw new IllegalArgumentException("a wait must be longer than nothing, not " + wait);
            }
        }
    }

    Waits idlingAtMost(Duration longest) {
        return idle.compareTo(longest) <= 0
                ? this
                : new Waits(connect, greeting, mail, rcpt, data, block, dot, longest);
    }

    Duration shortest() {
        return Stream.of(connect, greeting, mail, rcpt, data, block, dot, idle).min(Duration::compareTo).orElseThrow();
    }

    /**
     * How long a relay may be without any answer, on all of its connections, before mail goes another way: half a minute, in the terms of
     * the standard. Who shortens the connecting alone has no less patience with an answer.
     */
    Duration patience() {
        Duration answer = dot.dividedBy(20);
        return connect.compareTo(answer) < 0 ? answer : connect;
    }

    /** All of them divided, for tests that cannot wait ten minutes. */
    public Waits scaledDown(int by) {
        return new Waits(connect.dividedBy(by), greeting.dividedBy(by), mail.dividedBy(by), rcpt.dividedBy(by),
                data.dividedBy(by),
                block.dividedBy(by), dot.dividedBy(by), idle.dividedBy(by));
    }
}
