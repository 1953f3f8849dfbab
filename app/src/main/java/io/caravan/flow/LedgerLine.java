package io.caravan.flow;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.delivery.LedgerRow;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowState;

/** A ledger row as every door gives it out: fixed columns in a fixed order, since scripts rely on them. */
public final class LedgerLine {

    public static final List<String> COLUMNS = List.of("row", "address", "state", "reason", "attempts", "message_id",
            "host", "status", "reply", "first_attempt_at", "last_attempt_at");

    private final Keyed keyed;
    private final String domain;

    private LedgerLine(Keyed keyed, String domain) {
        this.keyed = keyed;
        this.domain = domain;
    }

    /** For the rows of this run. */
    public static LedgerLine of(Campaigns campaigns, Keyed keyed, Run run) {
        return new LedgerLine(keyed, Preparations.domain(campaigns.version(run.campaign(), run.version()).spec()));
    }

    public List<@Nullable Object> values(LedgerRow row) {
        return Arrays.asList(row.row(), row.address(), row.state().word(), row.reason(), row.attempts(), messageId(row),
                row.host(), row.status(), row.reply(), row.firstAttempt(), row.lastAttempt());
    }

    /** {@code ""} for a mail that was never on its way: there is no such message. */
    public String messageId(LedgerRow row) {
        boolean begun = row.attempts() > 0 || row.state() == RowState.SENDING || row.state() == RowState.IN_DOUBT;
        return begun ? keyed.messageId(row.row(), domain) : "";
    }
}
