package io.caravan.flow;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.Application;
import io.caravan.bench.Letters;
import io.caravan.bench.Sink;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Claims;
import io.caravan.delivery.RunCounts;
import io.caravan.mail.RowState;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.mailauth.SigningProvider;

/** CPU and allocated bytes a mail, step by step: the steps are called one after the other on one thread, the loops by their threads' names. */
class StepBench {

    private static final int PEOPLE = 40_000;
    private static final int WARM = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private record Cost(long nanos, long bytes) {
        Cost plus(Cost other) {
            return new Cost(nanos + other.nanos, bytes + other.bytes);
        }

        Cost minus(Cost other) {
            return new Cost(nanos - other.nanos, bytes - other.bytes);
        }
    }

    private interface Work<T> {
        T run() throws Exception;
    }

    private final Map<String, Cost> costs = new LinkedHashMap<>();

    @Test
    void steps() throws Exception {
        Path data = Files.createTempDirectory(Path.of("target"), "bench-steps-").toAbsolutePath();
        try (Sink sink = new Sink();
                ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class).run(
                        "--caravan.data=" + data,
                        "--server.port=0", "--caravan.mode=production",
                        "--caravan.relays.sink.uri=smtp://127.0.0.1:" + sink.port + "?tls=none",
                        "--caravan.routing.default=relay:sink", "--caravan.waits.key-notice=1ms")) {
            DkimDesk keys = application.getBean(DkimDesk.class);
            keys.activate("src.example", keys.make("src.example", SigningAlgorithm.RSA, null).selector(), true);
            Pump pump = application.getBean(Pump.class);
            pump.pause();
            Run run = planned(application, data);
            measure(application, run);
        }
        System.out.println(
                "\n== CPU and allocation a mail by step, " + (PEOPLE - WARM) + " mails after " + WARM + " to warm up");
        costs.forEach((step, cost) -> System.out.printf(Locale.ROOT, "%-44s %7.1f us %9d bytes%n", step,
                cost.nanos() / 1000.0 / (PEOPLE - WARM), cost.bytes() / (PEOPLE - WARM)));
    }

    private static Run planned(ConfigurableApplicationContext application, Path data) throws Exception {
        Path drop = Files.createDirectories(data.resolve("drop"));
        Files.writeString(drop.resolve("bench.html"), Letters.HTML);
        Files.writeString(drop.resolve("bench.txt"), Letters.TEXT);
        Files.writeString(drop.resolve("bench.csv"), Letters.people(PEOPLE, 200));
        Files.writeString(drop.resolve("bench.campaign.yaml"), Letters.campaign("bench", "bench.csv"));
        Runs runs = application.getBean(Runs.class);
        while (true) {
            Thread.sleep(100);
            var campaign = application.getBean(Campaigns.class).find("bench");
            if (campaign.isPresent()) {
                var run = runs.latest(campaign.get().id());
                if (run.isPresent() && run.get().state() == io.caravan.mail.RunState.RUNNING) {
                    return run.get();
                }
            }
        }
    }

    private void measure(ConfigurableApplicationContext application, Run run) throws Exception {
        Claims claims = application.getBean(Claims.class);
        NodeLife node = application.getBean(NodeLife.class);
        BatchSteps batches = application.getBean(BatchSteps.class);
        Renderer renderer = application.getBean(Renderer.class);
        GateStep gate = application.getBean(GateStep.class);
        SignStep signer = application.getBean(SignStep.class);
        SendStep sender = application.getBean(SendStep.class);
        InFlight inFlight = application.getBean(InFlight.class);
        RunCounts counts = application.getBean(RunCounts.class);
        CamelContext camel = application.getBean(CamelContext.class);
        Map<String, Cost> before = Map.of();
        for (int done = 0; done < PEOPLE;) {
            if (done == WARM) {
                settled(counts, run, WARM);
                before = threads();
                costs.clear();
            }
            Map<Integer, Integer> permits = new HashMap<>();
            claims.waiting(run.id()).forEach(lane -> permits.put(lane.lane(), 5));
            BatchReference reference = step("claim (thread of the pump)",
                    () -> claims.claim(run.id(), node.node().id(), node.node().epoch(), permits))
                    .orElseThrow();
            inFlight.claimed(reference, "relay:sink", Map.of(), InFlightTest.NO_QUOTA);
            Exchange exchange = new DefaultExchange(camel);
            OpenBatch open = step("take (read rows and attributes)", () -> batches.take(reference, exchange));
            OpenBatch rendered = step("render (template, MIME, VERP, links)", () -> renderer.render(open));
            OpenBatch cleared = step("gate", () -> gate.pass(rendered));
            OpenBatch signed = step("sign (RSA-2048, " + SigningProvider.chosen().name() + ")",
                    () -> signer.sign(cleared));
            step("send step (journal ready, queue)", () -> {
                sender.send(signed);
                return 0;
            });
            done += reference.size();
            while (inFlight.rows("relay:sink") > 1000) {
                Thread.sleep(1);
            }
            if (done > WARM && done - reference.size() < WARM) {
                throw new IllegalStateException("the warm-up must end with a batch");
            }
        }
        settled(counts, run, PEOPLE);
        Map<String, Cost> after = threads();
        for (String group : List.of("smtp-", "recorder", "journal")) {
            costs.put(group.equals("smtp-")
                    ? "send (connections: SMTP, dot, journal lines)"
                    : group.equals("recorder")
                            ? "settle (recorder)"
                            : "journal sync",
                    sum(after, group).minus(sum(before, group)));
        }
        costs.put("Camel (route of three steps, per batch / 500)", camelCost(camel));
    }

    private static void settled(RunCounts counts, Run run, long rows) throws InterruptedException {
        while (counts.of(run.id()).getOrDefault(RowState.ACCEPTED, 0L) < rows) {
            Thread.sleep(5);
        }
    }

    private <T> T step(String name, Work<T> work) throws Exception {
        Cost before = now();
        T result = work.run();
        costs.merge(name, now().minus(before), Cost::plus);
        return result;
    }

    private static Cost now() {
        return new Cost(THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadAllocatedBytes());
    }

    private static Map<String, Cost> threads() {
        Map<String, Cost> costs = new HashMap<>();
        Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds())).filter(info -> info != null)
                .forEach(info -> costs.merge(info.getThreadName(),
                        new Cost(THREADS.getThreadCpuTime(info.getThreadId()),
                                THREADS.getThreadAllocatedBytes(info.getThreadId())),
                        Cost::plus));
        return costs;
    }

    private static Cost sum(Map<String, Cost> threads, String group) {
        return threads.entrySet().stream().filter(thread -> thread.getKey().contains(group)).map(Map.Entry::getValue)
                .reduce(new Cost(0, 0), Cost::plus);
    }

    /** A route of three bean steps that do nothing, once per batch: what the road itself costs. */
    private static Cost camelCost(CamelContext camel) throws Exception {
        camel.getRegistry().bind("benchStep", new Nothing());
        camel.addRoutes(new org.apache.camel.builder.RouteBuilder() {
            @Override
            public void configure() {
                from("direct:bench-empty").to("bean:benchStep?method=pass").to("bean:benchStep?method=pass")
                        .to("bean:benchStep?method=pass");
            }
        });
        ProducerTemplate producer = camel.createProducerTemplate();
        for (int i = 0; i < 5_000; i++) {
            producer.requestBody("direct:bench-empty", (Object) "x");
        }
        Cost before = now();
        int batches = (PEOPLE - WARM) / 500;
        for (int i = 0; i < batches * 100; i++) {
            producer.requestBody("direct:bench-empty", (Object) "x");
        }
        Cost whole = now().minus(before);
        return new Cost(whole.nanos() / 100, whole.bytes() / 100);
    }

    public static final class Nothing {
        public Object pass(Object body) {
            return body;
        }
    }
}
