package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.campaign.Runs;
import io.caravan.delivery.Retention;
import io.caravan.mail.RunId;
import io.caravan.mailbox.Mailbox;
import io.caravan.nodes.KeyedRequests;
import io.caravan.nodes.Node;
import io.caravan.nodes.Turns;

/** The step {@code housekeeping.sweep}: removes what is older than it is to be kept, in slices; done again, it removes nothing. */
@Component("housekeeping")
public class Housekeeping {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final String TASK = "housekeeping";

    private final Keeping keeping;
    private final Mailbox mailbox;
    private final DropArchive archive;
    private final Runs runs;
    private final Retention ledger;
    private final KeyedRequests requests;
    private final Turns turns;
    private final NodeLife node;
    private final InstantSource clock;

    Housekeeping(Keeping keeping, NodeSettings settings, Mailbox mailbox, Runs runs, Retention ledger,
            KeyedRequests requests, Turns turns, NodeLife node, InstantSource clock) {
        this.keeping = keeping;
        this.mailbox = mailbox;
        archive = new DropArchive(settings.data().resolve("drop"), clock);
        this.runs = runs;
        this.ledger = ledger;
        this.requests = requests;
        this.turns = turns;
        this.node = node;
        this.clock = clock;
    }

    /** The drop folder is each node's own; what is in the database one node removes for all. */
    public void sweep() {
        Instant now = clock.instant();
        int folders = archive.removeBefore(LocalDate.ofInstant(now.minus(keeping.drop()), ZoneOffset.UTC));
        Node me = node.node();
        if (!turns.take(me, TASK)) {
            return;
        }
        try {
            long mails = mailbox.removeBefore(now.minus(keeping.mailbox()));
            requests.removeOld();
            runs.forgetRequests(now.minus(KeyedRequests.KEPT.multipliedBy(2))); // well after the key itself
            long rows = 0;
            List<RunId> old = ledger.kept(runs.endedBefore(now.minus(keeping.ledger())));
            for (RunId run : old) {
                rows += Math.max(0, ledger.forget(run, runs.run(run).orElseThrow().campaign()));
            }
            if (mails > 0 || folders > 0 || rows > 0) {
                log.info("event=housekeeping mails={} drop_days={} runs={} rows={}", mails, folders, old.size(), rows);
            }
        } finally {
            turns.giveBack(me, TASK);
        }
    }
}
