package io.caravan.flow;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.delivery.Batches;
import io.caravan.delivery.Planned;
import io.caravan.delivery.RowHistory;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;
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
    private final Mailbox mailbox;
    private final RowHistory history;

    SentMail(Batches batches, Preparations preparations, Renderer renderer, Keyed keyed, Sending sending,
            Mailbox mailbox, RowHistory history) {
        this.mailbox = mailbox;
        this.history = history;
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

    /**
     * A row's mail in bytes.
     *
     * @param kept the built-in mailbox's number of it; null: it was made again, by the same road and of the same versions
     * @param sent false: it was never claimed, so these bytes have no Date and no Message-ID of their own yet
     */
    public record Whole(byte[] bytes, @Nullable Long kept, boolean sent) {
    }

    /**
     * The mail as it was sent. Empty if there is no such row.
     *
     * @throws io.caravan.rendering.RenderingFault if it cannot be rendered, which is then why the row failed
     */
    public Optional<Whole> whole(RowId row) {
        Optional<Message> kept = mailbox.find(row);
        Optional<Whole> bytes = kept.flatMap(line -> mailbox.raw(line.id())
                .map(source -> new Whole(source, line.id(), true)));
        return bytes.isPresent()
                ? bytes
                : batches.row(row).map(planned -> new Whole(again(planned), null, history.planning(row)
                        .map(RowHistory.Planning::dated).isPresent()));
    }

    private byte[] again(Planned planned) {
        Prepared mailing = preparations.of(new RunId(planned.row().run()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        mailing.mailing().render(renderer.person(planned),
                mailing.marks(planned.row(), planned.dated(), keyed, sending.publicUrl())).forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    private Preview preview(Planned planned) {
        Prepared mailing = preparations.of(new RunId(planned.row().run()));
        return mailing.mailing().preview(renderer.person(planned),
                mailing.marks(planned.row(), planned.dated(), keyed, sending.publicUrl()));
    }
}
