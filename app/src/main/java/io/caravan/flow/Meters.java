package io.caravan.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

import io.caravan.audience.ImportHistory;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Waiting;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

/**
 * What {@code /actuator/prometheus} says of mail, made when it is asked: a handful of small statements a scrape, none otherwise, and never an
 * address. While the database is away the figures of this node alone are there.
 */
@Component
class Meters implements MultiCollector {

    private static final Logger log = LoggerFactory.getLogger(Meters.class);

    private final SettledCounts settled;
    private final ProviderLabels providers;
    private final InFlight inFlight;
    private final NodeLife node;
    private final Waiting waiting;
    private final LaneWatch lanes;
    private final Runs runs;
    private final ImportHistory imports;
    private final InstantSource clock;

    Meters(SettledCounts settled, ProviderLabels providers, InFlight inFlight, NodeLife node, Waiting waiting,
            LaneWatch lanes, Runs runs, ImportHistory imports, InstantSource clock,
            ObjectProvider<PrometheusRegistry> registry) {
        this.settled = settled;
        this.providers = providers;
        this.inFlight = inFlight;
        this.node = node;
        this.waiting = waiting;
        this.lanes = lanes;
        this.runs = runs;
        this.imports = imports;
        this.clock = clock;
        registry.ifAvailable(each -> each.register(this));
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder().metricSnapshot(deliveries())
                .metricSnapshot(gauge("caravan_connections_open", "Open SMTP connections of this node",
                        node.openConnections()))
                .metricSnapshot(gauge("caravan_claims_held", "Rows that this node has claimed and not settled",
                        inFlight.rows()));
        try {
            all.metricSnapshot(queue()).metricSnapshot(breakers())
                    .metricSnapshot(gauge("caravan_queue_oldest_seconds",
                            "How long the oldest run that is under way has been open; 0: none is", oldest()))
                    .metricSnapshot(gauge("caravan_in_doubt", "Rows that were sent and whose answer was lost",
                            waiting.inState(RowState.IN_DOUBT)))
                    .metricSnapshot(importRows());
        } catch (RuntimeException e) {
            log.warn("event=metrics-incomplete why={}", e.toString());
        }
        return all.build();
    }

    private CounterSnapshot deliveries() {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name("caravan_deliveries")
                .help("Settled outcomes of this node since its start");
        settled.all().forEach((key, n) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                .labels(Labels.of("outcome", key.outcome().word(), "provider", key.provider())).value(n).build()));
        return counter.build();
    }

    private GaugeSnapshot queue() {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("caravan_queue_messages")
                .help("Rows that wait: pending and deferred of all nodes, sending of this one");
        add(gauge, RowState.PENDING, waiting.unclaimed());
        add(gauge, RowState.DEFERRED, waiting.deferred());
        add(gauge, RowState.SENDING, inFlight.byLane());
        return gauge.build();
    }

    private void add(GaugeSnapshot.Builder gauge, RowState state, Map<Integer, Long> byLane) {
        Map<Integer, String> labels = providers.of(byLane.keySet());
        Map<String, Long> sums = new HashMap<>(Map.of(ProviderLabels.OTHER, 0L));
        byLane.forEach((lane, n) -> sums.merge(labels.getOrDefault(lane, ProviderLabels.OTHER), n, Long::sum));
        sums.forEach((provider, n) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of("provider", provider, "state", state.word())).value(n).build()));
    }

    /** The worst of each provider's lanes, which are one for each sending identity. */
    private GaugeSnapshot breakers() {
        Map<String, Integer> worst = new HashMap<>(Map.of(ProviderLabels.OTHER, 0));
        providers.of(lanes.known().keySet()).forEach((lane, provider) -> worst.merge(provider,
                switch (lanes.breaker(lane)) {
                    case CLOSED -> 0;
                    case HALF_OPEN -> 1;
                    case OPEN -> 2;
                }, Math::max));
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("caravan_breaker_state")
                .help("0 closed, 1 half open (a trickle goes), 2 open (held): the worst of a provider's lanes");
        worst.forEach((provider, state) -> gauge.dataPoint(
                GaugeDataPointSnapshot.builder().labels(Labels.of("provider", provider)).value(state).build()));
        return gauge.build();
    }

    private double oldest() {
        Instant now = clock.instant();
        return runs.inState(RunState.RUNNING).stream().map(Run::openedAt).min(Instant::compareTo)
                .map(opened -> Math.max(0, Duration.between(opened, now).toMillis() / 1000.0)).orElse(0.0);
    }

    private GaugeSnapshot importRows() {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name("caravan_import_rows")
                .help("Rows of all imports by verdict");
        imports.totals().forEach((verdict, n) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of("verdict", verdict.word())).value(n).build()));
        return gauge.build();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder().name(name).help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build()).build();
    }
}
