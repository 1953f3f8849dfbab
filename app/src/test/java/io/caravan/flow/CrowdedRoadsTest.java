package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

import io.caravan.TestDatabase;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims.Waiting;
import io.caravan.delivery.Planned;
import io.caravan.flow.ClaimGroups.Group;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.BatchId;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.RowId;
import io.caravan.pacing.Lanes;
import io.caravan.rendering.Attachment;
import io.caravan.rendering.MailLimits;
import io.caravan.rendering.Mailings;
import io.caravan.rendering.Marks;
import io.caravan.rendering.Part;
import io.caravan.rendering.Person;
import io.caravan.rendering.Source;

import static org.assertj.core.api.Assertions.assertThat;

/** How many rows of a lane may be on the road, and when rendered mail holds a road back. */
class CrowdedRoadsTest {

    private static final int MEMORY = 1_000_000;

    private final Lanes lanes = new Lanes(JdbcClient.create(TestDatabase.fresh()));
    private final InFlight inFlight = new InFlight();
    private final Sending sending = new Sending(false, Set.of(), "mx", Map.of(), Map.of(), null, Map.of(), Map.of(),
            Map.of(), "http://127.0.0.1:8080", 500, 1_500, MEMORY, Duration.ofSeconds(5));
    private final ClaimGroups groups = new ClaimGroups(sending, inFlight, lanes,
            new Holds(null, InstantSource.system()), null, null, null, null);
    private final Identity shop = Identity.plain("shop.example");

    private int lane(String provider) {
        return lanes.ids("shop.example", List.of(provider)).get(provider);
    }

    private static Group on(String road) {
        return new Group("mx", road, false, false, false, List.of());
    }

    private BatchReference claimed(int id, String road, int lane, int rows) {
        BatchReference batch = new BatchReference(id, 1, 1, 1, rows);
        inFlight.claimed(batch, road, Map.of(lane, rows), new QuotaRoom.Taken(shop, null, 0));
        return batch;
    }

    private static List<Planned> rows(int lane, int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> new Planned(new RowId(1, i), lane, "a@b.example",
                "a@b.example", 0, Instant.EPOCH, null, "{}")).toList();
    }

    @Test
    void aSlowProviderOnTheSharedRoadLeavesRoomForAllOthers() {
        int slow = lane("slow.example");
        assertThat(groups.room(on("mx"), new Waiting(slow, 400, 0))).isEqualTo(100);
        BatchReference batch = claimed(1, "mx", slow, 100);
        assertThat(groups.room(on("mx"), new Waiting(slow, 300, 0))).isZero();
        Held held = new Held(batch, "mx", null, rows(slow, 100));
        inFlight.opened(held);
        inFlight.left(held, IntStream.rangeClosed(1, 49).boxed().toList());
        assertThat(groups.room(on("mx"), new Waiting(slow, 300, 0))).as("a batch costs the same").isZero();
        Waiting full = new Waiting(slow, 300, 0);
        Waiting other = new Waiting(lane("free.example"), 300, 0);
        assertThat(groups.room(new Group("mx", "mx", false, false, false, List.of(full)))).as("nothing to claim")
                .isZero();
        assertThat(groups.room(new Group("mx", "mx", false, false, false, List.of(full, other)))).isPositive();

        inFlight.left(held, List.of(50));

        assertThat(groups.room(on("mx"), new Waiting(slow, 300, 0))).isEqualTo(50);
        assertThat(groups.room(on("mx"), new Waiting(slow, 20, 0))).isEqualTo(20);
        assertThat(groups.room(on("mx"), new Waiting(lane("other.example"), 400, 0))).isEqualTo(100);
        assertThat(groups.room(on("mx"), new Waiting(lane(Lanes.TAIL), 9_000, 0))).isEqualTo(9_000);
        assertThat(groups.room(on("mx slow.example"), new Waiting(slow, 9_000, 0))).as("a road of its own")
                .isEqualTo(9_000);
    }

    @Test
    void renderedMailHoldsBackTheRoadThatItWaitsForFirst() {
        Held stuck = waiting(1, "relay:slow", List.of());
        for (int i = 0; i <= MEMORY / 100_000; i++) {
            stuck.waits(mail(stuck, 100_000));
        }
        Held flowing = waiting(2, "relay:well", List.of());
        flowing.waits(mail(flowing, 100_000));

        assertThat(groups.crowded(on("relay:slow"))).isTrue();
        assertThat(groups.crowded(on("relay:well"))).isFalse();
        stuck.waitsNoMore(mail(stuck, 200_000));
        assertThat(groups.crowded(on("relay:slow"))).as("all of the memory is there to be used").isFalse();
    }

    /** A hundred mails with an attachment of one megabyte hold it once. */
    @Test
    void whatAllMailsOfACampaignShareIsNotCounted() {
        Held held = waiting(1, "relay:a", List.of(new Attachment("a.pdf", new byte[1_000_000])));
        List<byte[]> content = held.mailing.mailing().render(new Person("ana@b.example", Map.of()),
                new Marks("<m@shop.example>", Instant.EPOCH, "https://x/u", "https://x/v", "https://x/p", "list",
                        "<https://x/u>", "f", Map.of()));
        Finished mail = finished(content);
        assertThat(mail.size()).isGreaterThan(1_300_000);

        for (int i = 0; i < 100; i++) {
            held.waits(mail);
        }

        assertThat(inFlight.bytes()).isBetween(100L * 300, 100L * 3_000);
        assertThat(inFlight.bytes("relay:b")).isZero();
        for (int i = 0; i < 100; i++) {
            held.waitsNoMore(mail);
        }
        assertThat(inFlight.bytes()).isZero();
    }

    private Held waiting(int id, String road, List<Attachment> attachments) {
        BatchReference batch = claimed(id, road, 1, 2);
        Prepared mailing = new Prepared(null, new Mailings(MailLimits.DEFAULT).compile(new Source("spring",
                "Shop <news@shop.example>", null, "Hello", new Part("a.html", "<p>Hello</p>"), null, attachments,
                Map.of(), Map.of(), Map.of())), shop, "");
        Held held = new Held(batch, road, mailing, rows(1, 2));
        inFlight.opened(held);
        return held;
    }

    private static Finished mail(Held held, int bytes) {
        assertThat(held.mailing.mailing().sharedBytes()).isZero();
        return finished(List.of(new byte[bytes]));
    }

    private static Finished finished(List<byte[]> content) {
        return new Finished(new RowId(1, 1), new BatchId(1), 1,
                new Envelope("b@bounces.shop.example", EmailAddress.trusted("a@b.example", "a@b.example")), "shop", "",
                "relay:a", "<m@shop.example>", content);
    }
}
