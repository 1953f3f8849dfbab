package io.caravan.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.BounceClass;

import static org.assertj.core.api.Assertions.assertThat;

/** Where a domain's DNS may not lead mail. */
class SpecialAddressesTest {

    private final Zone zone = new Zone();

    private MxRouting.Way way(String domain) {
        return new MxRouting(zone, new Providers(List.of()), SpecialAddresses.REFUSE, System::nanoTime).of(domain);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,loopback", "127.255.255.254,loopback", "::1,loopback", "0.0.0.0,this machine",
            "0.1.2.3,this machine", "::,this machine", "169.254.169.254,link-local", "fe80::1,link-local",
            "224.0.0.1,multicast", "239.255.255.255,multicast", "ff02::1,multicast", "240.0.0.1,reserved",
            "255.255.255.255,reserved", "::127.0.0.1,loopback", "64:ff9b::127.0.0.1,loopback",
            "64:ff9b::a9fe:a9fe,link-local"})
    void noMailGoesTo(String address, String kind) {
        assertThat(SpecialAddresses.REFUSE.objection(InetAddress.ofLiteral(address))).isEqualTo(kind);
        assertThat(SpecialAddresses.ALLOW.objection(InetAddress.ofLiteral(address))).isNull();
    }

    @Test
    void noMailGoesToAMappedOne() throws UnknownHostException { // as a resolver's answer has it; a literal would become IPv4 by itself
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};

        assertThat(SpecialAddresses.REFUSE.objection(Inet6Address.getByAddress("mx", mapped, -1)))
                .isEqualTo("loopback");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "172.16.0.1", "192.168.1.1", "fd00::1", "192.0.2.1", "128.0.0.1",
            "223.255.255.1",
            "2001:db8::1", "64:ff9b::10.1.2.3", "100.64.0.1"})
    void mailGoesTo(String address) {
        assertThat(SpecialAddresses.REFUSE.objection(InetAddress.ofLiteral(address))).isNull();
    }

    @Test
    void aDomainWithNoOtherHostBouncesAndSuppressesNobodyAndTheReasonNamesHostAndAddress() throws UnknownHostException {
        zone.host("example.org", 10, "mx1.example.org", "127.0.0.1").host("example.org", 20, "mx2.example.org",
                "0.0.0.0");

        assertThat(way("example.org")).isInstanceOfSatisfying(MxRouting.Dead.class, dead -> {
            assertThat(dead.result().bounceClass()).isEqualTo(BounceClass.SOFT);
            assertThat(dead.result().status()).isEqualTo("5.4.4");
            assertThat(dead.result().reply()).isEqualTo("example.org names no host that mail may go to:"
                    + " mx1.example.org is 127.0.0.1 (loopback), mx2.example.org is 0.0.0.0 (this machine);"
                    + " see caravan.mx.special-addresses");
        });
    }

    @Test
    void theReasonFitsTheLedgersHoweverLongTheNamesAre() throws UnknownHostException {
        for (int i = 0; i < 9; i++) {
            zone.host("example.org", i, "h" + i + ("." + "a".repeat(60)).repeat(4), "127.0.0.1");
        }
        zone.host("example.net", 1, "h1" + ("." + "a".repeat(60)).repeat(4), "127.0.0.1").host("example.net", 2,
                "h2" + ("." + "a".repeat(60)).repeat(4), "127.0.0.1");

        assertThat(way("example.net")).isInstanceOfSatisfying(MxRouting.Dead.class, dead -> assertThat(
                dead.result().reply()).hasSizeLessThan(500).endsWith("…; see caravan.mx.special-addresses"));
        assertThat(way("example.org")).as("more than are looked at").isInstanceOf(MxRouting.To.class);
    }

    @Test
    void aHostWithSuchAddressesAloneIsLeftOutAndTheOthersHaveTheMail() throws UnknownHostException {
        zone.host("example.org", 10, "localhost", "10.0.0.1").host("example.org", 20, "mx.here.example", "127.0.0.1")
                .host("example.org", 30, "mx.there.example", "10.0.0.2").host("example.org", 40, "mx.last.example",
                        "127.0.0.1");

        assertThat(way("example.org")).isInstanceOfSatisfying(MxRouting.To.class, to -> {
            assertThat(to.destination().first()).isEqualTo("mx.there.example");
            assertThat(to.destination().provider().name()).isEqualTo("there.example");
        });
    }

    @Test
    void aDomainWithoutMxAndAnAddressInBracketsAreNoWayAround() throws UnknownHostException {
        zone.address("host.example", "127.0.0.1").address("inside.example", "192.168.0.7");

        assertThat(way("host.example")).isInstanceOf(MxRouting.Dead.class);
        assertThat(way("[127.0.0.1]")).isInstanceOf(MxRouting.Dead.class);
        assertThat(way("[ipv6:::1]")).isInstanceOf(MxRouting.Dead.class);
        assertThat(way("inside.example")).isInstanceOf(MxRouting.To.class);
        assertThat(way("[192.168.0.7]")).isInstanceOf(MxRouting.To.class);
    }

    @Test
    void whereNobodyCouldTellTheDeliveryFindsOut() throws UnknownHostException {
        zone.host("example.org", 10, "mx1.example.org", "10.0.0.1").broken("mx1.example.org").host("example.org", 20,
                "mx2.example.org", "127.0.0.1");

        assertThat(way("example.org")).isInstanceOf(MxRouting.To.class);
    }
}
