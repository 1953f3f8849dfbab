package io.caravan.e2e;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.TestDatabase;
import io.caravan.e2e.Gap.Doubt;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The process dies in each gap on a mail's way, one life after the other in one campaign. With one connection it is known of every death what
 * it may leave: one mail in doubt if its dot was written and its reply was not, else none. {@code -Dsoak.gaps} takes all gaps and repeats
 * them so often.
 */
class GapsIT {

    private static final int TURNS = Integer.getInteger("soak.gaps", 0);
    /** What every build takes: both ends of the window, and what borders on it. */
    private static final List<Gap> SAMPLE = List.of(Gap.CLAIMED, Gap.READY_SYNCED, Gap.DOT_WRITTEN, Gap.DOT_SENT,
            Gap.REPLY_READ, Gap.REPLY_WRITTEN, Gap.RECOVERY_SETTLED, Gap.BEFORE_COMMIT, Gap.SETTLED);
    /** Of the sink, so that the second in which a life waits to close a batch is not the end of the campaign. */
    private static final Duration ANSWER = Duration.ofMillis(10);

    @TempDir
    Path folder;

    @Test
    void underHoldNobodyIsLostOrMailedTwiceWhereverItDies() throws Exception {
        List<Gap> gaps = gaps(SAMPLE);
        People people = people(gaps);
        try (ScriptedSink sink = new ScriptedSink().quiet().delayingDot(ANSWER).start();
                Installation installation = installation(sink)) {
            people.begin(installation, "spring", "hold");
            List<Gap> before = new ArrayList<>();
            for (Gap gap : gaps) {
                installation.dieIn(gap);

                await().until(() -> sink.openSessions() == 0);
                countsEqualRows(gap, installation.database());
                if (!gap.isOfRecovery()) { // else what the deaths before it left is not all settled yet
                    doubtsAreThoseOf(before, installation.database());
                }
                before.add(gap);
            }
            installation.start();
            finished(installation);

            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsLost();
            balance.nobodyIsMailedTwice();
            doubtsAreThoseOf(gaps, installation.database());
            Set<String> taken = new TreeSet<>(balance.inDoubt());
            taken.retainAll(balance.taken().keySet());
            assertThat(taken).as("in doubt, and the sink has it").hasSizeBetween(count(gaps, Doubt.TAKEN),
                    balance.inDoubt().size() - count(gaps, Doubt.NOT_TAKEN));
            assertThat(installation.verb("doubt", "spring").lines().skip(1)).as("those that the verb lists")
                    .hasSize(balance.inDoubt().size());
            countsEqualRows(null, installation.database());
            System.out.printf("GapsIT policy=hold people=%d deaths=%d in=%s in doubt=%d of which taken=%d%n",
                    people.addresses().size(), gaps.size(), EnumSet.copyOf(gaps), balance.inDoubt().size(),
                    taken.size());
        }
    }

    @Test
    void underResendOnlyADotWithoutAReplyIsRepeatedAndWithTheSameBytes() throws Exception {
        List<Gap> gaps = gaps(List.of(Gap.DOT_SENT, Gap.REPLY_READ));
        People people = people(gaps);
        try (ScriptedSink sink = new ScriptedSink().quiet().delayingDot(ANSWER).start();
                Installation installation = installation(sink)) {
            people.begin(installation, "spring", "resend");
            gaps.forEach(installation::dieIn);
            installation.start();
            finished(installation);

            Balance balance = Balance.of(people, sink, installation.database());
            balance.nobodyIsLost();
            assertThat(balance.inDoubt()).isEmpty();
            assertThat(balance.repeats()).isBetween((long) count(gaps, Doubt.TAKEN),
                    count(gaps, Doubt.TAKEN) + inexact(gaps));
            balance.repeatsAreTheSameMail();
            countsEqualRows(null, installation.database());
            System.out.printf("GapsIT policy=resend people=%d deaths=%d in=%s repeats=%d%n",
                    people.addresses().size(), gaps.size(), EnumSet.copyOf(gaps), balance.repeats());
        }
    }

    /** Enough for each life; one that dies as a batch is forgotten, a second or two after it was closed, sends all the while. */
    private static People people(List<Gap> gaps) {
        int slow = (int) gaps.stream().filter(gap -> gap == Gap.CLOSED || gap == Gap.FORGOTTEN).count();
        return People.of(100 + 30 * gaps.size() + 250 * slow);
    }

    /** Those of a recovery need something to recover: a death that leaves both a result and what is to be given back. */
    private static List<Gap> gaps(List<Gap> some) {
        List<Gap> gaps = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            for (Gap gap : Gap.values()) {
                if (gap.isOfRecovery()) {
                    gaps.add(Gap.REPLY_WRITTEN);
                }
                gaps.add(gap);
            }
        }
        return TURNS == 0 ? some : gaps;
    }

    /** One for each death behind a dot, and none for any other, but where the connection went on meanwhile. */
    private static void doubtsAreThoseOf(List<Gap> deaths, Database database) throws SQLException {
        int sure = count(deaths, Doubt.TAKEN) + count(deaths, Doubt.NOT_TAKEN);
        assertThat(database.addresses("in_doubt")).as("in doubt after %s", deaths).hasSizeBetween(sure,
                sure + (int) inexact(deaths));
        assertThat(database.number("select count(*) from delivery d where d.state = 'in_doubt' and not exists (select 1"
                + " from attempt a where a.run_id = d.run_id and a.n = d.n and a.reply like 'the node stopped after the final dot of %')"))
                .as("in doubt for another reason").isZero();
    }

    private static long inexact(List<Gap> deaths) {
        return deaths.stream().filter(gap -> !gap.isExact()).count();
    }

    private static int count(List<Gap> gaps, Doubt leaves) {
        return (int) gaps.stream().filter(gap -> gap.leaves == leaves).count();
    }

    /** While nobody runs. What is sending stands in no row: it is pending, or deferred, there. */
    private static void countsEqualRows(Gap gap, Database database) throws SQLException {
        Map<String, Long> counts = new TreeMap<>(database.counts());
        Map<String, Long> rows = new TreeMap<>(database.settledRows());
        assertThat(open(counts)).as("open rows at %s", gap).isEqualTo(open(rows));
        assertThat(counts).as("counts at %s", gap).isEqualTo(rows);
    }

    private static long open(Map<String, Long> counts) {
        return List.of("pending", "sending", "deferred").stream().map(counts::remove).filter(n -> n != null)
                .mapToLong(Long::longValue).sum();
    }

    private static void finished(Installation installation) {
        await().atMost(Duration.ofMinutes(TURNS == 0 ? 3 : 30)).ignoreExceptions()
                .until(() -> installation.database().runState("spring").equals("finished"));
    }

    private Installation installation(ScriptedSink sink) {
        return Installation.on(TestDatabase.freshSchema(), folder.resolve("data"), sink.port(),
                "--caravan.relays.sink.connections=1",
                "--caravan.batches.size=10", "--caravan.queue=10", "--caravan.batches.workers=1",
                "--caravan.retry.first=1s");
    }
}
