package io.caravan.flow;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

import org.springframework.stereotype.Component;

import io.caravan.flow.InFlight.Held;
import io.caravan.journal.Entry;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.Finished;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailbox.Kept;
import io.caravan.mailbox.Mailbox;

/**
 * The step {@code sender.send}: what passed the gate goes to its relay's connections, or into the built-in mailbox. A mail leaves the queue
 * only when its line <i>ready</i> is on the disk.
 */
@Component("sender")
public class SendStep {

    static final String SIMULATOR = "simulator";
    private static final int AT_ONCE = 100;

    private final NodeLife node;
    private final Mailbox mailbox;
    private final InFlight inFlight;
    private final Recorder recorder;
    private final InstantSource clock;

    SendStep(NodeLife node, Mailbox mailbox, InFlight inFlight, Recorder recorder, InstantSource clock) {
        this.node = node;
        this.mailbox = mailbox;
        this.inFlight = inFlight;
        this.recorder = recorder;
        this.clock = clock;
    }

    public void send(OpenBatch batch) throws InterruptedException {
        Held held = inFlight.batch(batch.reference().batch());
        if (held == null) {
            throw new TemporaryFault(batch + " is no longer this node's");
        }
        List<Cleared> leaving = new ArrayList<>();
        List<Cleared> staying = new ArrayList<>();
        for (Cleared mail : batch.cleared()) {
            (mail.mail().route().equals(Sending.MAILBOX) ? staying : leaving).add(mail);
        }
        if (!leaving.isEmpty()) {
            node.ready(leaving.stream().map(mail -> entry(mail.mail())).toList());
            for (Cleared mail : leaving) {
                if (held.decide(mail.mail().row().n())) {
                    held.waits(mail.mail());
                    node.offer(mail);
                }
            }
        }
        for (int from = 0; from < staying.size(); from += AT_ONCE) {
            keep(batch, held, staying.subList(from, Math.min(from + AT_ONCE, staying.size())));
        }
    }

    static Entry entry(Finished mail) {
        return new Entry(mail.batch(), mail.row(), mail.attempt());
    }

    /** Kept once per row however often it is tried, so these need no journal: a crash in between is simply done again. */
    private void keep(OpenBatch batch, Held held, List<Cleared> mails) {
        Kept.About about = about(batch.mailing().spec());
        List<Kept> kept = new ArrayList<>(mails.size());
        for (Cleared cleared : mails) {
            Finished mail = cleared.mail();
            kept.add(new Kept(mail.row(), batch.getCampaign(), mail.envelope().sender(),
                    mail.envelope().recipient().written(),
                    MailHeader.decoded(mail, "From"), MailHeader.decoded(mail, "Subject"), mail.messageId(),
                    mail.content(), clock.instant(), about));
        }
        mailbox.keep(kept);
        for (Cleared cleared : mails) {
            Finished mail = cleared.mail();
            if (held.decide(mail.row().n())) {
                recorder.take(held, mail.row(), mail.attempt(), arrived(mail));
            }
        }
    }

    private static Kept.About about(CampaignSpec campaign) {
        return new Kept.About(campaign.tags(), campaign.attachments().size());
    }

    private static DeliveryResult arrived(Finished mail) {
        if (mail.envelope().recipient().domain().equals(Sending.SIMULATOR)) {
            return Simulator.result(mail.envelope().recipient());
        }
        return new DeliveryResult.Accepted("mailbox", "2.0.0", "250 2.0.0 kept in the built-in mailbox");
    }
}
