package io.caravan.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import io.caravan.transport.DnsMemory.Outcome;
import io.caravan.transport.DnsMemory.Said;

import static org.assertj.core.api.Assertions.assertThat;

/** Which denials count (RFC 2308 sections 2 and 5): those with the SOA of a zone that the name is, or would be, in. */
class DnsReadingTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            NXDOMAIN, gone.shop.example., shop.example.,      true,  the zone above
            NXDOMAIN, gone.shop.example., example.,           true,  one further above
            NXDOMAIN, gone.shop.example., .,                  true,  the root: there is no such top-level domain
            NXDOMAIN, gone.shop.example., Shop.EXAMPLE.,      true,  letters of either case are the same
            NXDOMAIN, gone.shop.example., gone.shop.example., false, one of this name would be a proof that it exists
            NXDOMAIN, gone.shop.example., '',                 false, none
            NXDOMAIN, gone.shop.example., rpz.filter.test.,   false, a filter's
            NXDOMAIN, gone.shop.example., x.gone.shop.example., false, one below it
            NXDOMAIN, gone.shop.example., op.example.,        false, its letters are the end of ours and no label is
            NOERROR,  shop.example.,      shop.example.,      true,  its own
            NOERROR,  shop.example.,      example.,           true,  the zone above
            NOERROR,  shop.example.,      .,                  false, the root has no such name
            NOERROR,  shop.example.,      '',                 false, none
            """)
    void aDenialCountsIfAZoneOfTheNameVouchesForIt(String code, String asked, String zone, boolean counts, String as)
            throws IOException {
        Said said = read(code, asked, List.of(), zone);

        assertThat(said.outcome()).as(as).isEqualTo(code.equals("NXDOMAIN") ? Outcome.NXDOMAIN : Outcome.NO_DATA);
        assertThat(said.why().isEmpty()).as(as).isEqualTo(counts);
        assertThat(said.ttl()).as(as).isEqualTo(counts ? Duration.ofSeconds(60) : DnsMemory.FAULT);
    }

    @ParameterizedTest
    @CsvSource({"elsewhere.test., true", "shop.example., false"})
    void afterAnAliasTheZoneOfItsTargetVouches(String zone, boolean counts) throws IOException { // RFC 2308 section 2.1
        Said said = read("NXDOMAIN", "shop.example.",
                List.of("shop.example. CNAME a.shop.example.", "a.shop.example. CNAME gone.elsewhere.test."), zone);

        assertThat(said.outcome()).isEqualTo(Outcome.NXDOMAIN);
        assertThat(said.why().isEmpty()).isEqualTo(counts);
    }

    @Test
    void aDoubtNamesTheNameInQuestion() throws IOException {
        assertThat(read("NXDOMAIN", "shop.example.", List.of("shop.example. CNAME gone.test."), "").why())
                .isEqualTo("says that gone.test does not exist, but the answer names no zone that says so");
        assertThat(read("NOERROR", "shop.example.", List.of(), "").why())
                .isEqualTo("says that shop.example has no MX, but the answer names no zone that says so");
    }

    /**
     * @param records of the answer, {@code OWNER TYPE DATA}
     * @param zone    whose SOA is there; {@code ""}: none
     */
    private static Said read(String code, String asked, List<String> records, String zone) throws IOException {
        Message answer = new Message(1);
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(Rcode.value(code));
        for (String record : records) {
            String[] parts = record.split(" ", 3);
            answer.addRecord(of(parts[0], parts[1], 300, parts[2]), Section.ANSWER);
        }
        if (!zone.isEmpty()) {
            answer.addRecord(of(zone, "SOA", 300, "ns.test. admin.test. 1 3600 600 86400 60"), Section.AUTHORITY);
        }
        return DnsReading.of(new Message(answer.toWire()), new Name(asked), Type.MX, false, "127.0.0.1:53");
    }

    private static Record of(String owner, String type, long ttl, String data) throws IOException {
        return Record.fromString(new Name(owner), Type.value(type), DClass.IN, ttl, data, Name.root);
    }
}
