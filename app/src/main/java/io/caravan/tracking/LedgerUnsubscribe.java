package io.caravan.tracking;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.flow.SentMail;
import io.caravan.mail.PermanentFault;
import io.caravan.mail.RowId;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression.Ask;
import io.caravan.suppression.Suppression.New;
import io.caravan.suppression.Suppressions;

/** Unsubscribing as the ledger knows it: a suppression of the address for the list that the mail went to, with the row as evidence. */
@Component
class LedgerUnsubscribe implements Unsubscribe, ViewedMail {

    private static final Logger log = LoggerFactory.getLogger(LedgerUnsubscribe.class);

    private final SentMail sent;
    private final Suppressions suppressions;

    LedgerUnsubscribe(SentMail sent, Suppressions suppressions) {
        this.sent = sent;
        this.suppressions = suppressions;
    }

    @Override
    public boolean unsubscribe(RowId row, String how) {
        Optional<SentMail.About> about = sent.about(row);
        about.ifPresent(who -> {
            Scope scope = who.list().isEmpty() ? Scope.identity(who.identity()) : Scope.list(who.list());
            suppressions.add(new New(who.canonical(), scope, Reason.UNSUBSCRIBE, how, row, null));
            log.info("event=unsubscribed row={} how=\"{}\"", row, how);
        });
        return about.isPresent();
    }

    @Override
    public Optional<Info> about(RowId row) {
        return sent.about(row).map(who -> new Info(who.written(), who.sender(),
                !suppressions.suppressedAmong(List.of(new Ask(who.canonical(), who.identity(), who.list())))
                        .equals(Map.of())));
    }

    @Override
    public Optional<byte[]> html(RowId row) {
        try {
            return sent.html(row);
        } catch (PermanentFault unmade) { // what it was made of is not whole any more
            return Optional.empty();
        }
    }
}
