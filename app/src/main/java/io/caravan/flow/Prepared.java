package io.caravan.flow;

import java.util.Map;

import io.caravan.mail.CampaignSpec;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mail.Verp;
import io.caravan.rendering.Mailing;
import io.caravan.rendering.Marks;

/**
 * A campaign version made ready to render: compiled once, used for every recipient of every run that keeps it.
 *
 * @param list the mailing list that it goes to, {@code ""} for none
 */
public record Prepared(CampaignSpec spec, Mailing mailing, Identity identity, String list) {

    /** Purpose of the tokens in unsubscribe links. */
    public static final String UNSUBSCRIBE = "unsubscribe";

    /** What makes a row's mail its own: the same at every attempt, since all of it follows from the row. */
    Marks marks(RowId row, java.time.Instant dated, Keyed keyed, String publicUrl) {
        String token = keyed.token(UNSUBSCRIBE, row);
        String unsubscribe = publicUrl + "/u/" + token;
        String preferences = publicUrl + "/p/" + token;
        String listId = identity.listId() != null
                ? identity.listId()
                : (list.isEmpty() ? spec.name() : list) + "." + identity.domain();
        String feedback = spec.name() + ":" + row.run() + ":" + (list.isEmpty() ? "none" : list) + ":"
                + identity.feedbackId();
        return new Marks(keyed.messageId(row, identity.domain()), dated, unsubscribe, preferences + "/view",
                preferences, listId,
                "<" + unsubscribe + ">", feedback, Map.of());
    }

    String sender(RowId row, Verp verp) {
        return verp.sender(row, identity.returnPath());
    }

    String route(Sending sending, EmailAddress recipient) {
        return sending.route(identity, recipient);
    }
}
