package io.caravan.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two processes with a data folder each share runs on one database, and one of them sleeps twice its lease: of two sleeps it is declared lost
 * in the second. {@code -Dsoak.sleeps} makes it sleep more often. The judges are the node's sink, which notes when each content began, and
 * a trigger in the database, which notes each renewal of the lease.
 */
class TwoNodesIT {

    private static final int SLEEPS = Integer.getInteger("soak.sleeps", 2);
    private static final int PEOPLE = 400;
    private static final int RATE = 100;
    private static final int CONNECTIONS = 5;
    private static final Duration LEASE = Duration.ofSeconds(3);
    /** From the lease's end for new DATA, half of it, to the sink's first byte, on a machine that does much else. */
    private static final Duration HELD_UP = Duration.ofSeconds(2);

    /** One sleep: whether mail was behind its dot, whether it was declared lost in it, what that left and what late replies ended. */
    private record Sleep(int openData, boolean lost, int doubtful, int cleared, int stale) {
    }

    @TempDir
    Path folder;

    private final List<Sleep> sleeps = new ArrayList<>();

    @Test
    void theyShareRunsAndTheirRateAndWhoSleepsPastItsLeaseSendsNothingAndOverwritesNothing() throws Exception {
        try (Fleet fleet = Fleet.of(2, folder, Duration.ofMillis(100), "--caravan.pacing.overall=" + RATE + "/s",
                "--caravan.relays.sink.connections=" + CONNECTIONS, "--caravan.batches.size=20",
                "--caravan.waits.lease=" + LEASE.toMillis() + "ms", "--caravan.waits.lease-renew=750ms",
                "--caravan.retry.first=1s")) {
            Database database = fleet.database();
            int idOfA = (int) database.number("select min(id) from node");
            noteRenewals(database);

            for (int i = 1; i <= SLEEPS; i++) {
                People.of(PEOPLE).begin(fleet.node(0), "run" + i, "hold");
                int before = fleet.sink(0).takenCount();
                await().atMost(Duration.ofMinutes(1)).until(() -> fleet.sink(0).takenCount() > before + 20);
                sleeps.add(i % 2 == 1 ? onlySlept(fleet, idOfA) : declaredLost(fleet, idOfA));
                fleet.awaitFinished("run" + i);
            }

            System.out.printf("TwoNodesIT lease=%s %s%n", LEASE, sleeps);
            exact(fleet);
            assertThat(sleeps.stream().filter(sleep -> sleep.openData() > 0).count()).as("sleeps with a DATA open")
                    .isGreaterThanOrEqualTo((SLEEPS + 1) / 2);
            neverOnAStaleLease(fleet.sink(0), renewals(database, idOfA));
        }
    }

    private Sleep onlySlept(Fleet fleet, int id) throws Exception {
        int doubtful = fleet.database().addresses("in_doubt").size();
        int open = sleep(fleet);

        Instant woke = wake(fleet);

        await().atMost(Duration.ofSeconds(30)).until(() -> renewals(fleet.database(), id).getLast().isAfter(woke));
        int cleared = fleet.sink(0).takenCount();
        await().atMost(Duration.ofSeconds(30)).until(() -> fleet.sink(0).openData() == 0
                || fleet.sink(0).takenCount() > cleared);
        assertThat(fleet.database().addresses("in_doubt")).as("who only slept goes on").hasSize(doubtful);
        return new Sleep(open, false, 0, 0, stale(fleet, woke, id));
    }

    private Sleep declaredLost(Fleet fleet, int id) throws Exception {
        Database database = fleet.database();
        int before = database.addresses("in_doubt").size();
        long evidence = database.number("select count(*) from evidence where settled = 1");
        int open = sleep(fleet);
        int doubtful = declare(fleet, id) - before;

        Instant woke = wake(fleet);

        Installation a = fleet.node(0);
        await().atMost(Duration.ofSeconds(30)).until(() -> a.saidSinceStart("event=lease-lost"));
        if (open > 0) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> database.number("select count(*) from evidence where settled = 1") > evidence);
        }
        int cleared = before + doubtful - database.addresses("in_doubt").size();
        assertThat(cleared).as("late replies end doubts").isBetween(open > 0 ? 1 : 0, doubtful);
        int stale = stale(fleet, woke, id);
        assertThat(fleet.sink(0).taken()).as("no DATA on a lost lease")
                .noneMatch(mail -> mail.asked().isAfter(woke));
        a.kill();
        boolean doubtsLeft = database.addresses("in_doubt").size() > before; // else its journal has nothing to tell
        a.start();
        if (doubtsLeft) {
            await().atMost(Duration.ofSeconds(30)).until(() -> a.saidSinceStart("event=came-back"));
        }
        return new Sleep(open, true, doubtful, cleared, stale);
    }

    /** Stops the process with a mail behind its dot if it can be had, for twice its lease. Says how many were. */
    private static int sleep(Fleet fleet) throws InterruptedException {
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(2))
                .until(() -> fleet.sink(0).heldMails() > 0);
        fleet.node(0).signal("STOP");
        int open = fleet.sink(0).heldMails();
        assertThat(fleet.node(0).runFor(LEASE.multipliedBy(2))).isTrue();
        return open;
    }

    private static Instant wake(Fleet fleet) {
        Instant now = Instant.now();
        fleet.node(0).signal("CONT");
        return now;
    }

    /** Says how many are in doubt then. */
    private static int declare(Fleet fleet, int id) throws Exception {
        assertThat(fleet.ask(1, "GET", "/actuator/health/readiness").body()).contains("\"UP\"", "silent_nodes",
                "node " + id + " on ", "declare it lost");
        assertThat(fleet.ask(1, "GET", "/nodes").body()).contains("/nodes/" + id + "/lost");
        assertThat(fleet.ask(1, "POST", "/api/v1/nodes/" + (id + 1) + "/lost").statusCode()).as("itself")
                .isEqualTo(409);
        int before = fleet.database().addresses("in_doubt").size();
        var declared = fleet.ask(1, "POST", "/api/v1/nodes/" + id + "/lost");
        assertThat(declared.statusCode()).as(declared.body()).isEqualTo(200);
        int doubtful = fleet.database().addresses("in_doubt").size();
        assertThat(declared.body()).contains("\"in_doubt\":" + (doubtful - before));
        assertThat(doubtful - before).isBetween(1, 2 * RATE);
        return doubtful;
    }

    /**
     * Contents that began between its waking and its next renewal. The last look is just before the content, and a process can be stopped in
     * that moment: one such mail, whose DATA is from before, nobody can help. More would mean that nobody looked.
     */
    private static int stale(Fleet fleet, Instant woke, int id) throws SQLException {
        Instant renewed = renewals(fleet.database(), id).stream().filter(woke::isBefore).findFirst()
                .orElse(Instant.MAX);
        List<Taken> stale = fleet.sink(0).taken().stream()
                .filter(mail -> mail.begun().isAfter(woke) && mail.begun().isBefore(renewed)).toList();
        assertThat(stale).hasSizeLessThanOrEqualTo(1).allMatch(mail -> mail.asked().isBefore(woke));
        return stale.size();
    }

    /** Of any mail: the renewal before its DATA was not older than the lease allows. */
    private static void neverOnAStaleLease(ScriptedSink sink, List<Instant> renewals) {
        TreeSet<Instant> known = new TreeSet<>(renewals);
        Instant first = known.first();
        assertThat(sink.taken()).isNotEmpty().filteredOn(mail -> mail.asked().isAfter(first)).allSatisfy(
                mail -> assertThat(Duration.between(known.lower(mail.asked()), mail.asked()))
                        .isLessThan(LEASE.dividedBy(2).plus(HELD_UP)));
    }

    private static void noteRenewals(Database database) throws SQLException {
        database.change("create table renewal (node_id int not null, at timestamp(6) not null)",
                "create trigger renewal after update on node for each row insert into renewal"
                        + " select new.id, utc_timestamp(6) from dual where new.until > old.until");
    }

    private static List<Instant> renewals(Database database, int id) throws SQLException {
        return database.rows("select date_format(at, '%Y-%m-%dT%H:%i:%s.%fZ') from renewal where node_id = " + id
                + " order by at").stream().map(row -> Instant.parse(row.getFirst())).toList();
    }

    /** Each row once, whichever node had it; what is in doubt had its dot out and no reply in the journal. */
    private static void exact(Fleet fleet) throws SQLException {
        Database database = fleet.database();
        List<Taken> taken = fleet.sinks().stream().flatMap(sink -> sink.taken().stream()).toList();
        assertThat(taken.stream().map(Taken::messageId)).doesNotHaveDuplicates();
        Set<String> accepted = rows(database, "accepted");
        Set<String> inDoubt = rows(database, "in_doubt");
        Set<String> sent = new TreeSet<>(taken.stream().map(TwoNodesIT::row).toList());
        assertThat(accepted.size() + inDoubt.size()).isEqualTo(SLEEPS * PEOPLE);
        assertThat(inDoubt).hasSizeLessThanOrEqualTo(CONNECTIONS * SLEEPS);
        assertThat(sent).containsAll(accepted);
        sent.removeAll(accepted);
        assertThat(inDoubt).containsAll(sent);
        assertThat(database.counts()).isEqualTo(database.settledRows());
        assertThat(database.number("select count(distinct node_id) from batch where settled > 0")).isEqualTo(2);
        assertThat(database.number("select count(*) from batch where state = 'open'")).isZero();
        neverAboveTheRate(taken, Instant.parse(database.rows(
                "select date_format(min(claimed_at), '%Y-%m-%dT%H:%i:%s.%fZ') from batch").getFirst().getFirst()));
    }

    private static Set<String> rows(Database database, String state) throws SQLException {
        return new TreeSet<>(database.rows("select concat(run_id, '.', n) from delivery where state = '" + state + "'")
                .stream().map(List::getFirst).toList());
    }

    /** As its Message-ID names it. */
    private static String row(Taken mail) {
        String[] parts = mail.messageId().substring(1).split("\\.");
        return Long.parseLong(parts[0], 36) + "." + Integer.parseInt(parts[1], 36);
    }

    /** A rate of r lets no more than r t + r go within t of the first claim. Each of two nodes with a rate of its own would let go twice that. */
    private static void neverAboveTheRate(List<Taken> taken, Instant first) {
        List<Instant> times = new ArrayList<>(taken.stream().map(Taken::at).sorted(Comparator.naturalOrder()).toList());
        for (int i = 0; i < times.size(); i++) {
            double seconds = Duration.between(first, times.get(i)).toNanos() / 1e9;
            assertThat(i + 1.0).as("mails in %s s", seconds).isLessThanOrEqualTo(RATE * (seconds + 1) * 1.02 + 1);
        }
    }
}
