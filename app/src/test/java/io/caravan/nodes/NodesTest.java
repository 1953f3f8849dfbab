package io.caravan.nodes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;

import static org.assertj.core.api.Assertions.assertThat;

class NodesTest {

    static Nodes nodes;

    @BeforeAll
    static void open() {
        nodes = TestLedgers.on(TestDatabase.fresh(), InstantSource.system()).getBean(Nodes.class);
    }

    @Test
    void givesANewEpochAtEachStartOfAFolder() {
        Node first = nodes.start("folder-a", "host", "boot-1");

        Node second = nodes.start("folder-a", "host", "boot-1");
        Node other = nodes.start("folder-b", "host", "boot-1");

        assertThat(second).isEqualTo(new Node(first.id(), first.epoch() + 1));
        assertThat(other.id()).isNotEqualTo(first.id());
        assertThat(other.epoch()).isEqualTo(1);
    }

    @Test
    void renewsOnlyTheLatestEpoch() {
        Node old = nodes.start("folder-c", "host", "boot-1");
        assertThat(nodes.renew(old, Duration.ofSeconds(20))).isTrue();

        Node young = nodes.start("folder-c", "host", "boot-1");

        assertThat(nodes.renew(old, Duration.ofSeconds(20))).isFalse();
        assertThat(nodes.renew(young, Duration.ofSeconds(20))).isTrue();
        assertThat(nodes.renew(young, Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void leasesByTheDatabasesClock() {
        Node node = nodes.start("folder-d", "host", "boot-1");
        Instant before = nodes.databaseNow();

        nodes.renew(node, Duration.ofSeconds(20));

        KnownNode known = nodes.list().stream().filter(each -> each.id() == node.id()).findFirst().orElseThrow();
        assertThat(known.until()).isBetween(before.plusSeconds(20), nodes.databaseNow().plusSeconds(20));
        assertThat(known.until()).isCloseTo(Instant.now().plusSeconds(20),
                org.assertj.core.api.Assertions.within(Duration.ofMinutes(1)));
    }

    @Test
    void tellsThatThePowerWent() {
        assertThat(nodes.previousBootId("folder-e")).isEmpty();
        nodes.start("folder-e", "host", "boot-1");

        assertThat(nodes.previousBootId("folder-e")).contains("boot-1");
        nodes.start("folder-e", "host", "boot-2");

        assertThat(nodes.previousBootId("folder-e")).contains("boot-2");
    }

    @Test
    void namesTheInstallationAlwaysAlike() {
        assertThat(nodes.installation()).hasSize(36).isEqualTo(nodes.installation());
    }

    @Test
    void leaseIsFreshForHalfOfItsTimeAfterARenewalWasSent() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // a monotonic clock may overflow
        Lease lease = new Lease(Duration.ofNanos(20), now::get, () -> 0);
        assertThat(lease.fresh()).isFalse();

        lease.renewed(lease.sending());

        now.addAndGet(9);
        assertThat(lease.fresh()).isTrue();
        now.addAndGet(1);
        assertThat(lease.fresh()).isFalse();
    }

    @Test
    void leaseCountsFromTheSendingOfTheLastRenewalAndNotFromItsAnswer() {
        AtomicLong now = new AtomicLong(100);
        Lease lease = new Lease(Duration.ofNanos(20), now::get, () -> 0);
        long first = lease.sending();
        now.set(105);
        long second = lease.sending();
        now.set(112);

        lease.renewed(second);
        lease.renewed(first);

        assertThat(lease.fresh()).isTrue();
        now.set(115);
        assertThat(lease.fresh()).isFalse();
        lease.renewed(lease.sending());
        lease.lost();
        assertThat(lease.fresh()).isFalse();
    }

    @Test
    void leaseIsNotFreshAfterTheMachineSlept() {
        AtomicLong wall = new AtomicLong(1_000_000);
        Lease lease = new Lease(Duration.ofSeconds(20), () -> 5, wall::get); // the monotonic clock stood still meanwhile
        lease.renewed(lease.sending());
        assertThat(lease.fresh()).isTrue();

        wall.addAndGet(11_000);

        assertThat(lease.fresh()).isFalse();
        lease.renewed(lease.sending());
        assertThat(lease.fresh()).isTrue();
    }

    @Test
    void aNodeIsDeclaredLostOnceAndOnlyWhenItsLeaseIsOver() {
        Node node = nodes.start("folder-l", "host", "boot-1");
        nodes.renew(node, Duration.ofSeconds(20));
        assertThat(nodes.declareLost(node.id())).as("while it lives").isFalse();
        nodes.renew(node, Duration.ZERO);

        assertThat(nodes.declareLost(node.id())).isTrue();
        assertThat(nodes.declareLost(node.id())).as("again").isFalse();
        assertThat(nodes.renew(node, Duration.ofSeconds(20))).as("it wakes").isFalse();
        assertThat(nodes.find(node.id()).orElseThrow().lostAt()).isNotNull();

        nodes.start("folder-l", "host", "boot-1");

        assertThat(nodes.find(node.id()).orElseThrow().lostAt()).as("it is back").isNull();
    }

    @Test
    void nodesBesideEachOtherMustHaveOneSecretAndOneThatIsAloneMayHaveANewOne() {
        Nodes own = TestLedgers.on(TestDatabase.fresh(), InstantSource.system()).getBean(Nodes.class);
        assertThat(own.hasSecret("folder-a", "a".repeat(64))).isTrue();
        own.start("folder-a", "host", "boot-1");
        assertThat(own.hasSecret("folder-a", "c".repeat(64))).as("alone, its keys lost").isTrue();

        assertThat(own.hasSecret("folder-b", "b".repeat(64))).isFalse();
        assertThat(own.hasSecret("folder-b", "c".repeat(64))).isTrue();
        own.start("folder-b", "host", "boot-1");

        assertThat(own.hasSecret("folder-a", "a".repeat(64))).isFalse();
    }
}
