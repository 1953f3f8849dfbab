package io.caravan.flow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;

import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

import io.caravan.Application;
import io.caravan.bench.Bar;
import io.caravan.bench.Figures;
import io.caravan.bench.Letters;
import io.caravan.bench.Sink;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

/**
 * How long a claim takes, from the first of a large run to its last, while what was claimed is sent; and the same with a snapshot open
 * elsewhere, which keeps the database from clearing away. This loop claims in the pump's place.
 */
public class ClaimBench {

    private static final int PEOPLE = Integer.getInteger("bench.large", 1_000_000);
    private static final int SIZE = 500;
    private static final long PATIENCE = Duration.ofMinutes(20).toNanos();
    private static final String FIRST = "first fifth of the claims: ms";
    private static final String LAST = "last fifth of the claims: ms";
    private static final String SNAPSHOT = ", with a snapshot open";

    @Test
    void claims() throws Exception {
        Figures.take(ClaimBench::measure);
    }

    public static void measure(Figures figures) throws Exception {
        Path data = Files.createTempDirectory(Path.of("target"), "bench-claims-").toAbsolutePath();
        try (Sink sink = new Sink();
                ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class).run(
                        "--caravan.data=" + data, "--server.port=0", "--caravan.mode=production",
                        "--caravan.relays.sink.uri=smtp://127.0.0.1:" + sink.port + "?tls=none",
                        "--caravan.routing.default=relay:sink")) {
            application.getBean(Pump.class).pause();
            Path drop = Files.createDirectories(data.resolve("drop"));
            Files.writeString(drop.resolve(".people"), Letters.people(PEOPLE, 1));
            Files.move(drop.resolve(".people"), drop.resolve("people.csv"), StandardCopyOption.ATOMIC_MOVE);
            sent(application, planned(application, drop, "plain"), "", figures);
            Run second = planned(application, drop, "snapshot");
            try (Connection reader = application.getBean(DataSource.class).getConnection()) {
                reader.setAutoCommit(false);
                reader.createStatement().execute("set session transaction isolation level repeatable read");
                reader.createStatement().execute("set session idle_transaction_timeout = 0"); // else the server ends it in the middle
                reader.createStatement().execute("start transaction with consistent snapshot");
                reader.createStatement().execute("select count(*) from stretch");
                sent(application, second, SNAPSHOT, figures);
                reader.rollback();
                reader.createStatement().execute("set session transaction isolation level read committed");
                reader.createStatement().execute("set session idle_transaction_timeout = 20");
            }
        } finally {
            FileSystemUtils.deleteRecursively(data);
        }
        figures.print("claims of " + SIZE + " in a run of " + PEOPLE + ", a figure for each claim");
        figures.ratioOfMedians(Bar.CLAIMS, LAST, FIRST);
        figures.ratioOfMedians(Bar.CLAIMS_SNAPSHOT, LAST + SNAPSHOT, FIRST + SNAPSHOT);
    }

    private static Run planned(ConfigurableApplicationContext application, Path drop, String name) throws Exception {
        Files.writeString(drop.resolve("bench.html"), Letters.HTML);
        Files.writeString(drop.resolve("bench.txt"), Letters.TEXT);
        Files.writeString(drop.resolve("." + name), Letters.campaign(name, "people.csv"));
        Files.move(drop.resolve("." + name), drop.resolve(name + ".campaign.yaml"), StandardCopyOption.ATOMIC_MOVE);
        Runs runs = application.getBean(Runs.class);
        Campaigns campaigns = application.getBean(Campaigns.class);
        long until = System.nanoTime() + PATIENCE;
        while (System.nanoTime() < until) {
            Thread.sleep(100);
            var run = campaigns.find(name).flatMap(campaign -> runs.latest(campaign.id()));
            if (run.isPresent() && run.get().state() == RunState.RUNNING) {
                return run.get();
            }
        }
        throw new IllegalStateException(name + " was not planned in 20 minutes");
    }

    private static void sent(ConfigurableApplicationContext application, Run run, String title, Figures figures)
            throws Exception {
        List<Double> times = new ArrayList<>();
        Claims claims = application.getBean(Claims.class);
        NodeLife node = application.getBean(NodeLife.class);
        InFlight inFlight = application.getBean(InFlight.class);
        ProducerTemplate seam = application.getBean(ProducerTemplate.class);
        long until = System.nanoTime() + PATIENCE;
        for (int claimed = 0; claimed < PEOPLE;) {
            awaitRoom(inFlight, until);
            long began = System.nanoTime();
            Map<Integer, Integer> permits = claims.waiting(run.id()).stream()
                    .collect(Collectors.toMap(Claims.Waiting::lane, _ -> SIZE));
            BatchReference batch = claims.claim(run.id(), node.node().id(), node.node().epoch(), permits).orElseThrow();
            times.add((System.nanoTime() - began) / 1e6);
            inFlight.claimed(batch, "relay:sink", Map.of(), InFlightTest.NO_QUOTA);
            seam.sendBody("seda:batches", batch);
            claimed += batch.size();
        }
        RunCounts counts = application.getBean(RunCounts.class);
        while (counts.of(run.id()).getOrDefault(RowState.ACCEPTED, 0L) < PEOPLE) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("not all was sent: " + counts.of(run.id()));
            }
            Thread.sleep(20);
        }
        int fifth = Math.max(1, times.size() / 5);
        times.subList(0, fifth).forEach(each -> figures.add(FIRST + title, each));
        times.subList(times.size() - fifth, times.size()).forEach(each -> figures.add(LAST + title, each));
    }

    private static void awaitRoom(InFlight inFlight, long until) throws InterruptedException {
        while (inFlight.rows("relay:sink") > 1_000) {
            if (System.nanoTime() > until) {
                throw new IllegalStateException("the road stands still");
            }
            Thread.sleep(1);
        }
    }
}
