package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.journal.Journal;
import io.caravan.nodes.KnownNode;
import io.caravan.nodes.Node;
import io.caravan.nodes.Nodes;
import io.caravan.transport.Transport;
import io.caravan.transport.Waits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class NodeLifeTest {

    private final AtomicInteger turnsWithoutMemory = new AtomicInteger();

    /** The lease asks it at each renewal. */
    private final InstantSource clock = new InstantSource() {
        @Override
        public Instant instant() {
            if (turnsWithoutMemory.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new InternalError("as if there were no memory");
            }
            return Instant.now();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }
    };

    @TempDir
    private Path folder;

    @Test
    void sendsNothingWhileItHasNoMemoryToRenewItsLeaseAndGoesOnWhenItHas() {
        try (ConfigurableApplicationContext ledgers = TestLedgers.on(TestDatabase.fresh(), InstantSource.system())) {
            NodeLife node = node(ledgers.getBean(Nodes.class));
            node.start();
            try {
                turnsWithoutMemory.set(100_000);
                await().atMost(Duration.ofSeconds(10)).until(() -> !node.leaseFresh());
                assertThat(node.unready()).startsWith("the lease is not fresh");

                turnsWithoutMemory.set(0);
                await().atMost(Duration.ofSeconds(10)).until(node::leaseFresh);
            } finally {
                node.stop();
            }
        }
    }

    @Test
    void saysByWhichSettingsMailOfThisLifeStaysHere() {
        try (ConfigurableApplicationContext ledgers = TestLedgers.on(TestDatabase.fresh(), InstantSource.system())) {
            Nodes nodes = ledgers.getBean(Nodes.class);
            NodeLife node = node(nodes);
            node.start();
            Node first = node.node();
            node.stop();

            nodes.start("a", "host", "boot"); // which has not said anything yet

            KnownNode known = nodes.find(first.id()).orElseThrow();
            assertThat(known.keptAlike(first.epoch(), 7)).isTrue();
            assertThat(known.keptAlike(first.epoch(), 8)).isFalse();
            assertThat(known.keptAlike(first.epoch() + 1, 7)).isFalse();
        }
    }

    private NodeLife node(Nodes nodes) {
        Recovery nothingLeft = new Recovery(null, null, null, null, null, null, null, null) {
            @Override
            void settle(Node node, Journal journal, String bootId) {
                // a new node
            }
        };
        Recorder silent = new Recorder(null, null, null, null, null, null, null, null, null, null) {
            @Override
            synchronized void start() {
                // nothing is sent
            }
        };
        return new NodeLife(new NodeSettings("a", "host", "boot", "", folder, folder.resolve("journal"),
                Duration.ofSeconds(2), Duration.ofMillis(100), List.of(), null,
                new Transport.Settings("caravan.example", List.of(), Waits.RFC_5321, 100), 7), nodes, null, null,
                nothingLeft, silent, new InFlight(), null, null, null, clock);
    }
}
