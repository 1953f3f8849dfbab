package io.caravan.flow;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.caravan.campaign.Run;
import io.caravan.campaign.RunKind;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims;
import io.caravan.delivery.Claims.Claimed;
import io.caravan.delivery.Claims.Waiting;
import io.caravan.delivery.Outages;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Restraint;
import io.caravan.flow.ClaimGroups.Group;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.CampaignId;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.InDoubtPolicy;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.nodes.Node;
import io.caravan.pacing.Lanes;
import io.caravan.pacing.Rates;
import io.caravan.shaping.RelayHealth;
import io.caravan.shaping.RetrySchedule;
import io.caravan.shaping.WarmUps;
import io.caravan.transport.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/** Providers share the room that mail to MX has on the road, however slow some of them are and whatever their names. */
class ClaimGroupsTest {

    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");
    private static final RelayHealth HEALTH = new RelayHealth(RelayHealth.REST, Clock.systemUTC());
    private static final Seam LOCAL = new Seam("seda:batches", true, true, Duration.ofSeconds(5), () -> NOW);
    static final Prepared MAILING = new Prepared(
            new CampaignSpec("c", "news@shop.example", null, "Hello", "a.html", null, List.of(), Map.of(),
                    new CampaignSpec.Audience("people.csv", null, List.of(), CampaignSpec.Mode.ADD, List.of()), null,
                    null, CampaignSpec.STANDARD, InDoubtPolicy.HOLD, Map.of(), Map.of()),
            null, Identity.plain("shop.example"), "");

    private final Sending sending = new Sending(false, Set.of(), Transport.MX, Map.of(), Map.of(), null, Map.of(),
            Map.of(), Map.of(), "http://127.0.0.1:8080", 500, 1_500, 64 << 20, Duration.ofSeconds(5));
    private final InFlight inFlight = new InFlight();
    private final List<String> providers = new ArrayList<>();
    /** Of each run, by lane: rows that were never claimed. */
    private final Map<Long, Map<Integer, Long>> waiting = new TreeMap<>();
    /** Rows of a road that are settled in a round; all of those that are not named. */
    private final Map<String, Integer> slow = new HashMap<>();
    /** With the rows that are not settled, in the order in which they are. */
    private final Map<Held, List<Integer>> open = new LinkedHashMap<>();
    private Map<Integer, Integer> taken = Map.of();
    private final Map<String, Integer> claims = new HashMap<>();
    private long batches;
    private final LaneLimits limits = new LaneLimits(new LaneWatch(null, null, null, null, null, null), sending, null,
            null, new WarmUps(List.of()), () -> NOW);
    private final ClaimGroups groups = groups();
    private final PacedClaim paced = paced();

    private ClaimGroups groups() {
        Lanes lanes = new Lanes(null) {
            @Override
            public String provider(int lane) {
                return providers.get(lane);
            }
        };
        Outages none = new Outages(null) {
            @Override
            public List<Outage> all() {
                return List.of();
            }
        };
        RetrySchedule schedule = new RetrySchedule(Duration.ofMinutes(5), 2, Duration.ofHours(4), Duration.ofDays(3));
        return new ClaimGroups(sending, inFlight, lanes, holds(), node(), limits,
                new LaneOutages(none, schedule, LOCAL, () -> NOW), new RelayRoom(HEALTH, inFlight));
    }

    private PacedClaim paced() {
        Claims ledger = new Claims(null, null) {
            @Override
            public Optional<Claimed> claim(RunId run, int node, int epoch, Map<Integer, Integer> permits,
                    Restraint restraint) {
                permits.forEach((lane, n) -> waiting.get(run.value()).merge(lane, (long) -n, Long::sum));
                int size = permits.values().stream().mapToInt(Integer::intValue).sum();
                taken = permits;
                return Optional.of(new Claimed(new BatchReference(++batches, run.value(), node, epoch, size), permits));
            }
        };
        return new PacedClaim(ledger, new Rates(null, null), groups, sending, inFlight, holds(),
                new RelayRoom(HEALTH, inFlight), node(), new QuotaRoom(null, sending, () -> NOW), limits,
                LOCAL);
    }

    private static Holds holds() {
        return new Holds(null, () -> NOW) {
            @Override
            void tell(RunId run, int lane, @Nullable String kind, @Nullable String reason) {
                // nobody looks
            }
        };
    }

    private NodeLife node() {
        NodeSettings settings = new NodeSettings("a", "host", "boot", "", Path.of("."), Path.of("."),
                Duration.ofSeconds(20), Duration.ofSeconds(5), List.of(), null, null, 0);
        return new NodeLife(settings, null, null, null, null, null, inFlight, null, null, null, () -> NOW) {
            @Override
            public Node node() {
                return new Node(1, 1);
            }
        };
    }

    private void has(long run, String provider, long rows) {
        if (!providers.contains(provider)) {
            providers.add(provider);
        }
        waiting.computeIfAbsent(run, _ -> new TreeMap<>()).put(providers.indexOf(provider), rows);
    }

    private long left(long run, String provider) {
        return waiting.get(run).get(providers.indexOf(provider));
    }

    /** As the pump has it, and then some of what is on the road is settled. */
    private void rounds(int count) {
        for (int round = 0; round < count; round++) {
            List<Long> runs = new ArrayList<>(waiting.keySet());
            Collections.rotate(runs, -(round % runs.size()));
            runs.forEach(this::claim);
            settle();
        }
    }

    private void claim(long id) {
        Run run = new Run(new RunId(id), new CampaignId(1), 1, 1, RunKind.FIRST, RunState.RUNNING, null, null, NOW, 0,
                NOW, null);
        List<Waiting> lanes = waiting.get(id).entrySet().stream().filter(lane -> lane.getValue() > 0)
                .map(lane -> new Waiting(lane.getKey(), lane.getValue(), 0)).toList();
        for (Group group : groups.of(run, MAILING, lanes, new HashMap<>())) {
            paced.claim(run, MAILING, group, Restraint.NONE).ifPresent(batch -> {
                Held held = new Held(batch, group.road(), MAILING, rows(batch));
                inFlight.opened(held);
                open.put(held, IntStream.rangeClosed(1, batch.size()).boxed().toList());
                claims.merge(group.road(), 1, Integer::sum);
            });
        }
        assertThat(inFlight.rowsBeginning(Transport.MX)).isLessThanOrEqualTo(3_000);
    }

    private List<Planned> rows(BatchReference batch) {
        List<Planned> rows = new ArrayList<>();
        taken.forEach((lane, n) -> {
            for (int i = 0; i < n; i++) {
                rows.add(new Planned(new RowId(batch.run(), rows.size() + 1), lane, "a@b.example", "a@b.example", 0,
                        NOW, null, "{}"));
            }
        });
        return rows;
    }

    private void settle() {
        Map<String, Integer> may = new HashMap<>(slow);
        for (Held held : List.copyOf(open.keySet())) {
            List<Integer> left = open.get(held);
            int rows = Math.min(left.size(), may.getOrDefault(held.route, Integer.MAX_VALUE));
            may.computeIfPresent(held.route, (_, more) -> more - rows);
            open.put(held, left.subList(rows, left.size()));
            if (inFlight.left(held, left.subList(0, rows))) {
                open.remove(held);
            }
        }
    }

    private void slowOnes(long run) {
        has(run, Lanes.TAIL, 100_000);
        slow.put("mx", 10);
        for (String provider : List.of("apple", "comcast", "free")) {
            has(run, provider, 10_000);
            slow.put("mx " + provider, 2);
        }
    }

    @Test
    void providersThatAreSlowStarveNobodyAfterThemByName() {
        slowOnes(1);
        for (String provider : List.of("google", "microsoft", "yahoo")) {
            has(1, provider, 20_000);
        }

        rounds(300);

        assertThat(List.of("google", "microsoft", "yahoo")).allSatisfy(
                name -> assertThat(left(1, name)).as("with a batch or less it goes with the small ones")
                        .isLessThan(500));
        assertThat(inFlight.rows("mx apple")).as("the slow ones have their share").isGreaterThan(300);
    }

    @Test
    void theSlowOnesOfOneRunStarveNoOtherRun() {
        slowOnes(1);
        rounds(50);
        has(2, "google", 50_000);

        rounds(300);

        assertThat(left(2, "google")).isLessThan(500);
    }

    @Test
    void moreProvidersThanHaveRoomTakeTurns() {
        for (int i = 0; i < 40; i++) {
            has(1, "p" + i, 10_000);
        }

        rounds(8);

        assertThat(claims).hasSize(40);
    }

    @Test
    void aSlowOneThatIsAloneFillsItsOwnRoad() {
        has(1, Lanes.TAIL, 10_000);
        slow.put("mx", 0);

        rounds(10);

        assertThat(inFlight.rows("mx")).isEqualTo(1_500);
    }
}
