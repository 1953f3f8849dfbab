package io.caravan.flow;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.springframework.stereotype.Component;

import io.caravan.delivery.Batches;
import io.caravan.delivery.Planned;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.rendering.Preview;

/** A row's mail, made again from the versions that the row points to: what a link in it leads back to. */
@Component
public class SentMail {

    /**
     * Who and what a row is.
     *
     * @param sender the header From as people read it
     */
    public record About(String written, String canonical, String identity, String list, String sender) {
    }

    private final Batches batches;
    private final Preparations preparations;
    private final Renderer renderer;
    private final Keyed keyed;
    private final Sending sending;

    SentMail(Batches batches, Preparations preparations, Renderer renderer, Keyed keyed, Sending sending) {
        this.batches = batches;
        this.preparations = preparations;
        this.renderer = renderer;
        this.keyed = keyed;
        this.sending = sending;
    }

    public Optional<About> about(RowId row) {
        return batches.row(row).map(planned -> {
            Prepared mailing = preparations.of(new RunId(row.run()));
            String from = mailing.spec().from();
            int open = from.lastIndexOf('<');
            String sender = open > 0 ? from.substring(0, open).strip().replaceAll("^\"|\"$", "") : from;
            return new About(planned.written(), planned.canonical(), mailing.identity().name(), mailing.list(), sender);
        });
    }

    /** The HTML of the mail as UTF-8, empty if it has none. */
    public Optional<byte[]> html(RowId row) {
        return batches.row(row).flatMap(planned -> Optional.of(preview(planned).html()).filter(html -> !html.isEmpty()))
                .map(html -> html.getBytes(StandardCharsets.UTF_8));
    }

    private Preview preview(Planned planned) {
        Prepared mailing = preparations.of(new RunId(planned.row().run()));
        return mailing.mailing().preview(renderer.person(planned),
                mailing.marks(planned.row(), planned.dated(), keyed, sending.publicUrl()));
    }
}
