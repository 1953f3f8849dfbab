package io.caravan.cli;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.delivery.LedgerRow;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowState;

/** A ledger row as it is printed: fixed columns in a fixed order, since scripts rely on them. */
final class LedgerLine {

    static final List<String> COLUMNS = List.of("row", "address", "state", "reason", "attempts", "message_id", "host",
            "status", "reply",
            "first_attempt_at", "last_attempt_at");

    private final Keyed keyed;
    private final String domain;

    private LedgerLine(Keyed keyed, String domain) {
        this.keyed = keyed;
        this.domain = domain;
    }

    static LedgerLine of(ApplicationContext ledgers, Run run) {
        String from = ledgers.getBean(Campaigns.class).version(run.campaign(), run.version()).spec().from();
        String address = from.substring(from.lastIndexOf('<') + 1).replace(">", "").strip();
        return new LedgerLine(ledgers.getBean(Keyed.class), EmailAddress.parse(address).domain());
    }

    List<@Nullable Object> values(LedgerRow row) {
        return Arrays.asList(row.row(), row.address(), row.state().word(), row.reason(), row.attempts(), messageId(row),
                row.host(),
                row.status(), row.reply(), row.firstAttempt(), row.lastAttempt());
    }

    /** Nothing for a mail that was never on its way: there is no such message. */
    private String messageId(LedgerRow row) {
        boolean begun = row.attempts() > 0 || row.state() == RowState.SENDING || row.state() == RowState.IN_DOUBT;
        return begun ? keyed.messageId(row.row(), domain) : "";
    }
}
