package io.caravan.transport;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BatchId;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.Gate;
import io.caravan.mail.RowId;
import io.caravan.mail.SmtpReply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A transport on loopback sinks with everything around it: makes mails, keeps the log, answers the last look. */
final class Post implements DeliveryLog, LastLook, AutoCloseable {

    /** Minutes made some hundred milliseconds: long enough for a loaded machine's hiccups. For tests in which a wait runs out. */
    static final Waits SCALED = new Waits(Duration.ofSeconds(2), Duration.ofMillis(800), Duration.ofMillis(800),
            Duration.ofMillis(800),
            Duration.ofMillis(800), Duration.ofMillis(800), Duration.ofMillis(1000), Duration.ofMillis(400));

    /** Of all posts: what one of them sent is not taken for another's. */
    private static final AtomicInteger LAST = new AtomicInteger();

    final Map<RowId, List<DeliveryResult>> results = new ConcurrentHashMap<>();
    final List<RowId> dots = new CopyOnWriteArrayList<>();
    final List<String> turnedAway = new CopyOnWriteArrayList<>();
    final AtomicInteger replies = new AtomicInteger();
    volatile boolean mayStart = true;
    volatile @Nullable String suppression;
    volatile @Nullable RuntimeException journalFault;
    volatile boolean noteDots = true;
    final Transport transport;

    Post(Waits waits, RelayGate gate, int queue, Relay... relays) {
        transport = new Transport(List.of(relays), new Transport.Settings("caravan.example", List.of(), waits, queue),
                this,
                this, gate);
    }

    Post(Transport.Settings settings, Relay... relays) {
        transport = new Transport(List.of(relays), settings, this, this, RelayGate.OPEN);
    }

    /** To mail exchangers. */
    Post(Transport.Settings settings, Transport.Mx mx) {
        transport = new Transport(List.of(), mx, settings, this, this, RelayGate.OPEN);
    }

    /** With the real waits. */
    static Post to(Relay... relays) {
        return new Post(Waits.RFC_5321, RelayGate.OPEN, 400, relays);
    }

    static Post impatient(ScriptedSink sink) {
        return new Post(SCALED, RelayGate.OPEN, 400, relay("a", sink, 1));
    }

    static Post impatient(Relay... relays) {
        return new Post(SCALED, RelayGate.OPEN, 400, relays);
    }

    /** One connection to one sink. */
    static Post to(ScriptedSink sink) {
        return to(relay("a", sink, 1));
    }

    static Relay relay(String name, ScriptedSink sink, int connections) {
        return new Relay(name, "127.0.0.1", sink.port(), Tls.OPPORTUNISTIC, null, null, connections);
    }

    static Relay relay(String name, int port, int connections) {
        return new Relay(name, "127.0.0.1", port, Tls.OPPORTUNISTIC, null, null, connections);
    }

    Cleared mail(String to) {
        return mail(to, "relay:a", "Hello.\r\n");
    }

    Cleared mail(String to, String route, String body) {
        return mail(to, route, List.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    Cleared mail(EmailAddress to, String route) {
        return mail(to, route, List.of("Hello.\r\n".getBytes(StandardCharsets.UTF_8)));
    }

    Cleared mail(String to, String route, List<byte[]> body) {
        return mail(EmailAddress.trusted(to, to), route, body);
    }

    private Cleared mail(EmailAddress to, String route, List<byte[]> body) {
        RowId row = new RowId(1, LAST.incrementAndGet());
        String id = "<" + row + "@shop.example>";
        List<byte[]> content = new ArrayList<>();
        content.add(("Message-ID: " + id + "\r\nSubject: Spring\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        content.addAll(body);
        Finished mail = new Finished(row, new BatchId(1), 1,
                new Envelope("b+1@bounces.shop.example", to), "shop", "", route, id, content);
        return new Gate(mails -> Map.of()).pass(List.of(mail)).cleared().getFirst();
    }

    /** Offers, waits for the result and gives it. */
    DeliveryResult send(Cleared mail) {
        offer(mail);
        return result(mail);
    }

    DeliveryResult send(String to) {
        return send(mail(to));
    }

    /** To its recipient's own hosts. */
    Cleared mx(String to) {
        return mail(to, Transport.MX, "Hello.\r\n");
    }

    void offer(Cleared mail) {
        try {
            transport.offer(mail);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Offers them so that they are all in the queue before the first connection is up: the way to get riders. */
    List<DeliveryResult> sendAll(List<Cleared> mails) {
        mails.forEach(this::offer);
        return mails.stream().map(this::result).toList();
    }

    DeliveryResult result(Cleared mail) {
        // the list is there a moment before what is put into it
        if (results.getOrDefault(mail.mail().row(), List.of()).isEmpty()) {
            await().pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(20))
                    .until(() -> !results.getOrDefault(mail.mail().row(), List.of()).isEmpty());
        }
        return results.get(mail.mail().row()).getFirst();
    }

    void awaitReplies(int count) {
        await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(60)).until(() -> replies.get() >= count);
    }

    @Override
    public void dot(Finished mail) {
        RuntimeException fault = journalFault;
        if (fault != null) {
            throw fault;
        }
        if (noteDots) {
            dots.add(mail.row());
        }
    }

    @Override
    public void turnedAway(Finished mail, SmtpReply reply) {
        turnedAway.add(reply.oneLine());
    }

    @Override
    public void replied(Finished mail, DeliveryResult result) {
        results.computeIfAbsent(mail.row(), row -> new CopyOnWriteArrayList<>()).add(result);
        replies.incrementAndGet();
    }

    @Override
    public @Nullable String suppressed(Cleared mail) {
        return suppression;
    }

    @Override
    public boolean mayStart() {
        return mayStart;
    }

    /** Ends it and checks what must always hold: one result a mail, and the sinks took exactly what is accepted or in doubt. */
    @Override
    public void close() {
        transport.stop(Duration.ofSeconds(5));
        assertThat(results.values()).allSatisfy(list -> assertThat(list).hasSize(1));
        assertThat(transport.openConnections()).isZero();
        assertThat(transport.queued()).isZero();
    }

    void assertAgreesWith(ScriptedSink... sinks) {
        List<String> taken = new ArrayList<>();
        for (ScriptedSink sink : sinks) {
            sink.taken().forEach(mail -> taken.add(mail.messageId()));
        }
        assertThat(taken).doesNotHaveDuplicates();
        results.forEach((row, list) -> {
            String id = "<" + row + "@shop.example>";
            switch (list.getFirst()) {
                case DeliveryResult.Accepted a -> assertThat(taken).contains(id);
                case DeliveryResult.InDoubt d -> assertThat(dots).contains(row);
                case DeliveryResult other -> assertThat(taken).as("%s", other).doesNotContain(id);
            }
        });
    }
}
