package io.caravan.flow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Planned;
import io.caravan.mail.Cleared;

/**
 * The step {@code signer.sign}: DKIM signatures with the keys of the From domain. A domain that never had a key in force sends unsigned mail;
 * a key that cannot be opened, or was retired before another one signs, holds the batch back, unless the owner gave up signing.
 */
@Component("signer")
public class SignStep {

    private final KeyRing ring;

    SignStep(KeyRing ring) {
        this.ring = ring;
    }

    public OpenBatch sign(OpenBatch batch) {
        String domain = batch.mailing().identity().domain();
        Map<Integer, Instant> dated = new HashMap<>(batch.rows().size() * 2);
        for (Planned row : batch.rows()) {
            dated.put(row.row().n(), row.dated());
        }
        List<Cleared> signed = new ArrayList<>(batch.cleared().size());
        for (Cleared mail : batch.cleared()) {
            Instant date = dated.get(mail.mail().row().n());
            signed.add(date == null ? mail : signed(mail, domain, date));
        }
        return batch.withCleared(signed);
    }

    /** One mail, on no batch or on one. */
    Cleared signed(Cleared mail, String domain, Instant dated) {
        byte[] fields = ring.sign(domain, mail.mail().content(), dated);
        return fields.length == 0 ? mail : mail.signed(fields);
    }
}
