package io.caravan.tracking;

import java.util.Optional;

import io.caravan.mail.RowId;

/** Port: who a link is for, and taking them off. */
public interface Unsubscribe {

    /** A person pressed the button on our page. */
    String BY_PAGE = "unsubscribe page";

    /** A mail provider posted for them. */
    String ONE_CLICK = "one-click (RFC 8058)";

    /**
     * Suppresses the row's recipient, for good and before it returns; again is the same.
     *
     * @param how for the evidence: {@link #BY_PAGE} or {@link #ONE_CLICK}
     * @return false if there is no such row any more
     */
    boolean unsubscribe(RowId row, String how);

    Optional<Info> about(RowId row);

    /**
     * What the page may say.
     *
     * @param address      the recipient; the page shows it masked, for mails are forwarded
     * @param sender       who mails them: the header From's name, else its address
     * @param unsubscribed true if nothing is mailed to them any more already
     */
    record Info(String address, String sender, boolean unsubscribed) {
    }
}
