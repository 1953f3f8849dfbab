package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.delivery.Planned;
import io.caravan.flow.InFlight.Held;
import io.caravan.mail.BatchId;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.Keyed;
import io.caravan.mail.Verp;
import io.caravan.rendering.Person;
import io.caravan.rendering.RenderingFault;

/** The step {@code renderer.render}: template and contact to finished mail. A mail that cannot be rendered makes its row failed, not the batch. */
@Component("renderer")
public class Renderer {

    private static final Logger log = LoggerFactory.getLogger(Renderer.class);
    private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {
    };

    private final Sending sending;
    private final Keyed keyed;
    private final Verp verp;
    private final InFlight inFlight;
    private final Recorder recorder;
    private final JsonMapper json = JsonMapper.builder().build();

    Renderer(Sending sending, Keyed keyed, InFlight inFlight, Recorder recorder) {
        this.sending = sending;
        this.keyed = keyed;
        verp = new Verp(keyed);
        this.inFlight = inFlight;
        this.recorder = recorder;
    }

    public OpenBatch render(OpenBatch batch) {
        List<Finished> mails = new ArrayList<>(batch.rows().size());
        for (Planned row : batch.rows()) {
            try {
                mails.add(finished(batch, row));
            } catch (RenderingFault fault) {
                fail(batch, row, fault.getMessage());
            } catch (RuntimeException | StackOverflowError fault) {
                log.error("event=rendering-fault row={} what={}", row.row(), fault.toString(), fault);
                fail(batch, row, "rendering failed: " + fault.getMessage());
            }
        }
        return batch.withFinished(mails);
    }

    /** The mail of a row: the same bytes at every attempt. */
    Finished finished(OpenBatch batch, Planned row) {
        Prepared mailing = batch.mailing();
        EmailAddress recipient = EmailAddress.trusted(row.written(), row.canonical());
        var marks = mailing.marks(row.row(), row.dated(), keyed, sending.publicUrl());
        List<byte[]> content = mailing.mailing().render(person(row), marks);
        return new Finished(row.row(), new BatchId(batch.reference().batch()), row.attempts() + 1,
                new Envelope(mailing.sender(row.row(), verp), recipient), mailing.identity().name(), mailing.list(),
                route(batch, recipient), marks.messageId(), content);
    }

    private String route(OpenBatch batch, EmailAddress recipient) {
        String configured = batch.mailing().route(sending, recipient);
        String way = batch.reference().way();
        return way.isEmpty() || configured.equals(Sending.MAILBOX) ? configured : way;
    }

    Person person(Planned row) {
        return new Person(row.written(), json.readValue(row.attributes(), ATTRIBUTES));
    }

    private void fail(OpenBatch batch, Planned row, @org.jspecify.annotations.Nullable String why) {
        Held held = inFlight.batch(batch.reference().batch());
        if (held != null && held.decide(row.row().n())) {
            recorder.take(held, row.row(), row.attempts() + 1, new DeliveryResult.Failed("rendering: " + why));
        }
    }
}
