package io.caravan.flow;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.camel.CamelContext;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.impl.DefaultCamelContext;

/** The step beans with the signatures that the routes call, which note what they were called with. */
final class RouteFakes {

    final ConcurrentLinkedQueue<String> calls = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Object> settled = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Reference> waiting = new ConcurrentLinkedQueue<>();
    final AtomicInteger open = new AtomicInteger();
    volatile boolean inHours = true;
    volatile boolean paused;
    volatile Object hold = new Object();

    record Reference(long batch, String workflow) {
    }

    record Batch(Reference reference) {
        public String workflow() {
            return reference.workflow();
        }
    }

    static RouteApi api() {
        Map<String, Class<?>> classes = new LinkedHashMap<>();
        new RouteFakes().beans().forEach((name, bean) -> classes.put(name, bean.getClass()));
        return new RouteApi(classes);
    }

    Map<String, Object> beans() {
        return Map.ofEntries(Map.entry("dropFolder", new DropFolder()), Map.entry("runs", new Runs()),
                Map.entry("breakers", new Breakers()), Map.entry("pump", new Pump()),
                Map.entry("batches", new Batches()),
                Map.entry("renderer", new Renderer()), Map.entry("gate", new Gate()), Map.entry("signer", new Signer()),
                Map.entry("sender", new Sender()),
                Map.entry("results", new Results()), Map.entry("hours", new Hours()),
                Map.entry("failures", new Failures()),
                Map.entry("housekeeping", new Housekeeping()));
    }

    /** A context with these beans, as the application has one. Not started, without routes. */
    CamelContext context(Map<String, String> properties) {
        DefaultCamelContext context = new DefaultCamelContext();
        context.disableJMX();
        beans().forEach(context.getRegistry()::bind);
        context.addComponent(RoutePulse.NAME, RoutePulse.component(true));
        context.getComponent("seda", SedaComponent.class).setDefaultPollTimeout(100);
        properties.forEach(context.getPropertiesComponent()::addInitialProperty);
        return context;
    }

    public class DropFolder {
        public void take(File file) throws IOException {
            calls.add("take " + file.getName());
            Files.delete(file.toPath());
        }
    }

    public class Runs {
        public void due(Long campaign, Instant scheduledFor) {
            calls.add("due " + campaign + " " + scheduledFor);
        }

        public void advance() {
            calls.add("advance");
        }
    }

    public class Housekeeping {
        public void sweep() {
            calls.add("sweep");
        }
    }

    public class Breakers {
        public void apply() {
        }
    }

    public class Pump {
        public List<Reference> claim() {
            List<Reference> claimed = new ArrayList<>();
            while (!paused && claimed.size() < 300 && waiting.poll() instanceof Reference reference) {
                claimed.add(reference);
                open.incrementAndGet();
            }
            return claimed;
        }
    }

    public class Batches {
        public Batch take(Reference reference) {
            return new Batch(reference);
        }

        public void giveBack(Batch batch, String reason) {
            calls.add("giveBack " + batch.reference().batch() + " " + reason);
        }

        public void hold(Batch batch, Instant until) {
            calls.add("hold " + batch.reference().batch() + " " + until);
        }
    }

    public class Renderer {
        public Batch render(Batch batch) {
            calls.add("render " + batch.reference().batch());
            if (batch.reference().batch() == 13) {
                throw new IllegalStateException("the template is broken");
            }
            return batch;
        }
    }

    public class Gate {
        public Batch pass(Batch batch) {
            calls.add("pass " + batch.reference().batch());
            return batch;
        }
    }

    public class Signer {
        public Batch sign(Batch batch) {
            calls.add("sign " + batch.reference().batch());
            return batch;
        }
    }

    public class Sender {
        public void send(Batch batch) {
            calls.add("send " + batch.reference().batch());
            settled.add(batch.reference());
            open.decrementAndGet();
        }
    }

    public class Results {
        public void log(List<?> outcomes) {
            synchronized (hold) {
                settled.addAll(outcomes);
            }
        }

        public String csv(List<?> outcomes) {
            return String.join("\n", outcomes.stream().map(String::valueOf).toList()) + "\n";
        }
    }

    public class Hours {
        public boolean within(String from, String to, String zone) {
            calls.add("within " + from + " " + to + " " + zone);
            return inHours;
        }

        public Instant opening(String from, String to, String zone) {
            return Instant.parse("2026-12-01T08:00:00Z");
        }
    }

    public class Failures {
        public void giveBack(Object body, Throwable fault) {
            calls.add("failed " + body + " " + fault.getMessage());
        }
    }
}
