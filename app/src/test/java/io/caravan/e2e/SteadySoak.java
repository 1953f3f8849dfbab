package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An hour at a steady rate, a campaign a minute: does memory grow, is a connection left behind, and how long after its 250 is a mail's row
 * committed? Run by name with {@code -Dtest=SteadySoak}; {@code -Dsoak.minutes} and {@code -Dsoak.rate} (mails a second). The first
 * quarter is to warm up, at five times the rate and with small campaigns one after another: methods are compiled by how often they ran, and
 * compiled code is memory, so it is as far then, for mails and for campaigns, as it would else be after hours.
 */
class SteadySoak {

    private static final int MINUTES = Integer.getInteger("soak.minutes", 60);
    private static final int RATE = Integer.getInteger("soak.rate", 200);
    private static final int WARM = 5 * RATE;
    private static final Duration SAMPLE = Duration.ofSeconds(1);
    private static final long P99 = 100; // ms
    /** Live heap that may come in the time measured: what a campaign's first mails bring is there by then. */
    private static final long HEAP = 4_000_000;

    @TempDir
    Path folder;

    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicReference<Taken> latest = new AtomicReference<>();
    private final List<Long> toCommit = new ArrayList<>(); // microseconds

    @Test
    void neitherMemoryNorConnectionsGrowAndRowsAreCommittedInTime() throws Exception {
        try (ScriptedSink sink = new ScriptedSink().quiet().telling(this::take).start();
                Installation installation = Installation.in(folder.resolve("data"), sink.port(),
                        "--caravan.pacing.overall=" + WARM + "/s", "--caravan.smtp.idle=5s")) {
            // a heap takes pages as it is filled, for hours at this rate, up to its bound: it has them all at once, and what grows is not heap
            installation.with("-Xms384m", "-XX:+AlwaysPreTouch", "-XX:NativeMemoryTracking=summary").start();
            List<double[]> resident = new ArrayList<>(); // hours, MB: a mean of ten seconds each
            Instant began = Instant.now();
            Instant warm = began.plus(Duration.ofMinutes(MINUTES).dividedBy(4));
            Instant end = began.plus(Duration.ofMinutes(MINUTES));
            long heapWhenWarm = -1;
            long filesWhenWarm = -1;
            int campaigns = warmUp(installation, warm);
            taken.set(0);
            began = Instant.now();
            for (int minute = 0; Instant.now().isBefore(end); minute++) {
                People.of(RATE * 60).begin(installation, "minute" + minute, "hold", "rate: " + RATE + "/s\n");
                if (minute == 0) {
                    heapWhenWarm = installation.liveHeap();
                    filesWhenWarm = openFiles(installation);
                    installation.ask("VM.native_memory", "baseline");
                    System.out.println("warm: " + resident(installation) + ", after " + campaigns + " campaigns");
                }
                for (int part = 1; part <= 6; part++) {
                    double mean = meanUntil(installation, began.plusSeconds(60L * minute + 10L * part));
                    if (mean > 0) { // none: the campaign's beginning took longer
                        resident.add(new double[]{minute / 60.0 + part / 360.0, mean});
                    }
                }
            }
            allFinished(installation);

            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sink.openSessions()).isZero());
            report(resident, installation, heapWhenWarm, filesWhenWarm);
        }
    }

    /** How many campaigns there were. */
    private static int warmUp(Installation installation, Instant until) throws Exception {
        int campaigns = 0;
        while (Instant.now().isBefore(until)) {
            People.of(WARM).begin(installation, "warm" + campaigns++, "hold", "rate: " + WARM + "/s\n");
            int begun = campaigns;
            await().atMost(Duration.ofMinutes(5)).ignoreExceptions().until(() -> installation.database()
                    .number("select count(*) from run where state = 'finished'") == begun);
        }
        return campaigns;
    }

    private static void allFinished(Installation installation) {
        await().atMost(Duration.ofMinutes(5)).ignoreExceptions().until(() -> installation.database()
                .number("select count(*) from run where state not in ('finished', 'cancelled')") == 0);
    }

    private void take(Taken mail) {
        taken.incrementAndGet();
        latest.set(mail);
    }

    /** Samples until then; gives the mean of the resident memory in MB. */
    private double meanUntil(Installation installation, Instant until) throws Exception {
        double sum = 0;
        int n = 0;
        try (Connection connection = connect(installation);
                PreparedStatement state = connection
                        .prepareStatement("select state from delivery where run_id = ? and n = ?")) {
            Instant next = Instant.now();
            while (Instant.now().isBefore(until)) {
                commit(state, until);
                if (!Instant.now().isBefore(next)) {
                    next = Instant.now().plus(SAMPLE);
                    sum += kilobytes(installation, "VmRSS:") / 1024.0;
                    n++;
                }
            }
        }
        return sum / Math.max(1, n);
    }

    /** How long after the sink said 250 others see the row accepted: longer than dot to commit by nothing but this look. */
    private void commit(PreparedStatement state, Instant until) throws SQLException, InterruptedException {
        Taken mail = latest.getAndSet(null);
        if (mail == null) {
            Thread.sleep(1); // nothing was taken since; this paces the sampling, and waits for no outcome
            return;
        }
        String[] parts = mail.messageId().substring(1).split("\\.");
        state.setLong(1, Long.parseLong(parts[0], 36));
        state.setInt(2, Integer.parseInt(parts[1], 36));
        while (Instant.now().isBefore(until.plusSeconds(30))) {
            try (ResultSet row = state.executeQuery()) {
                if (row.next() && row.getString(1).equals("accepted")) {
                    toCommit.add(Duration.between(mail.at(), Instant.now()).toNanos() / 1_000);
                    return;
                }
            }
            Thread.sleep(1); // each look takes of the machine that is measured
        }
        throw new AssertionError("never accepted: " + mail.messageId());
    }

    private void report(List<double[]> resident, Installation installation, long heapWhenWarm, long filesWhenWarm)
            throws IOException {
        toCommit.sort(null);
        double p99 = toCommit.get(toCommit.size() * 99 / 100) / 1000.0;
        double[] slope = slope(resident);
        long heap = installation.liveHeap();
        long files = openFiles(installation);
        System.out.println("end: " + resident(installation));
        installation.ask("VM.native_memory", "summary.diff", "scale=KB").lines()
                .filter(line -> line.matches("(Total|-).*[+-]\\d+KB.*")).forEach(System.out::println);
        System.out.printf(
                "| R20 | %d min at %d/s, %d mails | RSS slope %.2f MB/h, standard error %.2f (%d means of 10 s after"
                        + " warm-up, last mean %.0f MB) | live heap %.1f MB, was %.1f | files and sockets %d, were %d | 250 to"
                        + " commit, %d samples: median %.1f ms, p99 %.1f ms |%n",
                MINUTES, RATE, taken.get(), slope[0], slope[1],
                resident.size(), resident.getLast()[1], heap / 1e6, heapWhenWarm / 1e6, files, filesWhenWarm,
                toCommit.size(), toCommit.get(toCommit.size() / 2) / 1000.0, p99);
        assertThat(files).as("files and sockets, the connections to the relay being closed")
                .isLessThanOrEqualTo(filesWhenWarm);
        assertThat(heap - heapWhenWarm).as("bytes of live heap, grown since it was warm").isLessThan(HEAP);
        if (MINUTES >= 60) { // a shorter run shows that this program works, and no slope
            assertThat(p99).as("ms from 250 to commit").isLessThanOrEqualTo(P99);
            assertThat(slope[0] - 2 * slope[1]).as("MB/h, less twice its error").isLessThanOrEqualTo(1);
        }
    }

    /** Least squares: MB an hour, and its standard error. Neighbours hang together, so the true error is somewhat larger. */
    private static double[] slope(List<double[]> points) {
        double n = points.size();
        double x = points.stream().mapToDouble(p -> p[0]).sum() / n;
        double y = points.stream().mapToDouble(p -> p[1]).sum() / n;
        double xx = points.stream().mapToDouble(p -> (p[0] - x) * (p[0] - x)).sum();
        double b = points.stream().mapToDouble(p -> (p[0] - x) * (p[1] - y)).sum() / xx;
        double rest = points.stream().mapToDouble(p -> Math.pow(p[1] - y - b * (p[0] - x), 2)).sum();
        return new double[]{b, Math.sqrt(rest / (n - 2) / xx)};
    }

    /** Resident memory and what of it is of no file, in kB. */
    private static String resident(Installation installation) throws IOException {
        return kilobytes(installation, "VmRSS:") + " kB resident, of no file " + kilobytes(installation, "RssAnon:");
    }

    private static long kilobytes(Installation installation, String what) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + installation.pid() + "/status")).stream()
                .filter(line -> line.startsWith(what)).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst().orElseThrow();
    }

    private static long openFiles(Installation installation) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + installation.pid() + "/fd"))) {
            return all.count();
        }
    }

    private static Connection connect(Installation installation) throws Exception {
        Properties known = new Properties();
        try (var in = Files.newBufferedReader(installation.data().resolve("keys/database"))) {
            known.load(in);
        }
        return DriverManager.getConnection(known.getProperty("url"), known.getProperty("username"),
                known.getProperty("password"));
    }
}
