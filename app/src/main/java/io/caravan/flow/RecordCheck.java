package io.caravan.flow;

import java.util.List;

import org.springframework.stereotype.Component;

import io.caravan.identity.DkimKey;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailauth.PublishedKey;
import io.caravan.mailauth.SigningAlgorithm;

/** Reads the record of a key as a receiver of our mail does (RFC 6376 section 3.6). It may wait for the network, for seconds. */
@Component
public class RecordCheck {

    private final PublishedRecords dns;

    public RecordCheck(PublishedRecords dns) {
        this.dns = dns;
    }

    RecordFound of(DkimKey key) {
        List<String> records;
        try {
            records = dns.txt(key.name());
        } catch (TemporaryFault silent) {
            return new RecordFound.Unknown("the DNS could not be asked for the TXT record at " + key.name()
                    + ", so nobody knows whether it is right (" + silent.getMessage() + ")");
        }
        return PublishedKey.fault(records, SigningAlgorithm.of(key.algorithm()), key.published())
                .<RecordFound>map(fault -> new RecordFound.Wrong("at " + key.name() + " in the DNS " + fault,
                        key.record()))
                .orElseGet(RecordFound.Right::new);
    }
}
