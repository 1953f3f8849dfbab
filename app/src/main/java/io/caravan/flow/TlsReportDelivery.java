package io.caravan.flow;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.springframework.stereotype.Component;

import io.caravan.mail.BatchId;
import io.caravan.mail.Cleared;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.Envelope;
import io.caravan.mail.Finished;
import io.caravan.mail.Gate;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.SmtpReply;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailbox.Kept;
import io.caravan.mailbox.Mailbox;
import io.caravan.rendering.TlsReportMail;
import io.caravan.transport.DeliveryLog;
import io.caravan.transport.Dns;
import io.caravan.transport.ProviderCheck;
import io.caravan.transport.ReportPost;
import io.caravan.transport.TlsLog;
import io.caravan.transport.TlsPolicies;
import io.caravan.transport.Transport;
import io.caravan.transport.Trust;

/**
 * Carries a TLS report to one place. By mail it passes gate and signer and goes the way of all mail, but straight to hosts it has connections
 * of its own: what the report complains of must not keep it back (RFC 8460 section 5.3.1), and its sessions are counted in no report.
 */
@Component
class TlsReportDelivery {

    /** No run has this id. */
    private static final long NO_RUN = 0;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration LAST_MOMENT = Duration.ofSeconds(5);

    /**
     * @param taken  somebody has it
     * @param again  it is worth another try
     */
    record Outcome(boolean taken, boolean again, String said) {
    }

    private final TlsReporting reporting;
    private final Sending sending;
    private final GateStep gate;
    private final SignStep signer;
    private final NodeLife node;
    private final Mailbox mailbox;
    private final ReportPost https;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    TlsReportDelivery(TlsReporting reporting, Sending sending, GateStep gate, SignStep signer, NodeLife node,
            Mailbox mailbox, Dns dns, Trust trust, InstantSource clock) {
        this.reporting = reporting;
        this.sending = sending;
        this.gate = gate;
        this.signer = signer;
        this.node = node;
        this.mailbox = mailbox;
        https = new ReportPost(dns, trust, PATIENCE);
        this.clock = clock;
    }

    Outcome post(TlsReport report, URI to) {
        if (sending.sandbox()) {
            return new Outcome(false, false, "not sent: in sandbox nothing leaves by HTTPS");
        }
        try {
            int status = https.post(to, report.gzip());
            return new Outcome(status >= 200 && status < 300, status >= 500 || status == 429, "answered " + status);
        } catch (IOException e) {
            return new Outcome(false, true, String.valueOf(e.getMessage()));
        }
    }

    Outcome mail(TlsReport report, String address) {
        EmailAddress from = reporting.from();
        if (from == null) {
            throw new IllegalStateException("reports are sent in nobody's name"); // the start refuses that
        }
        EmailAddress to;
        try {
            to = EmailAddress.parse(address);
        } catch (InvalidInput e) {
            return new Outcome(false, false, "is no address: " + String.join(", ", e.problems()));
        }
        Instant now = clock.instant();
        Gate.Passage passage = gate.pass(finished(report, from, to, now));
        if (passage.cleared().isEmpty()) {
            return new Outcome(false, false, "must not be mailed: " + passage.suppressed().values());
        }
        Cleared cleared = passage.cleared().getFirst();
        Cleared signed;
        try {
            signed = signer.signed(cleared, from.domain(), now);
        } catch (TemporaryFault later) { // the addresses behind this one need no key
            return new Outcome(false, true, "not sent: " + later.getMessage());
        }
        if (signed == cleared) {
            return new Outcome(false, true, "not sent: no key signs for " + from.domain()
                    + ", and unsigned reports are ignored (RFC 8460 section 3); make one with 'caravan dkim "
                    + from.domain() + " new'");
        }
        return outcome(leave(signed));
    }

    private Finished finished(TlsReport report, EmailAddress from, EmailAddress to, Instant now) {
        RowId row = new RowId(NO_RUN, 1 + random.nextInt(Integer.MAX_VALUE - 1));
        Identity identity = sending.identity(from.domain());
        String messageId = "<" + Long.toHexString(random.nextLong()) + ".tlsrpt." + report.id() + ">";
        TlsReportMail mail = new TlsReportMail(from, reporting.organization(), to, report.domain(),
                reporting.submitter(), report.id(), report.fileName() + ".json.gz", report.gzip(), messageId, now);
        return new Finished(row, new BatchId(0), 1, new Envelope(from.written(), to), identity.name(), "",
                sending.route(identity, to), messageId, mail.content());
    }

    private DeliveryResult leave(Cleared mail) {
        String route = mail.mail().route();
        if (route.equals(Sending.MAILBOX)) {
            Finished kept = mail.mail();
            mailbox.keep(List.of(new Kept(kept.row(), "", kept.envelope().sender(),
                    kept.envelope().recipient().written(), MailHeader.decoded(kept, "From"),
                    MailHeader.decoded(kept, "Subject"), kept.messageId(), kept.content(), clock.instant())));
            return new DeliveryResult.Accepted(Sending.MAILBOX, "2.0.0", "250 2.0.0 kept in the built-in mailbox");
        }
        if (!route.equals(Transport.MX)) {
            return await(node.test(mail));
        }
        Line line = new Line();
        Transport.Mx all = node.settings().mx();
        Transport.Mx own = new Transport.Mx(all.routing(), all.dns(), all.port(), 1, all.reuse(), all.rest(),
                ProviderCheck.NONE, TlsPolicies.OPPORTUNISTIC, TlsLog.NONE);
        Transport transport = new Transport(List.of(), own, node.settings().transport(), line, node, node.relayGate());
        try {
            return await(line.offer(transport, mail));
        } finally {
            transport.stop(LAST_MOMENT);
        }
    }

    /** What becomes of mails that have no row. */
    private static final class Line implements DeliveryLog {
        private final Map<RowId, CompletableFuture<DeliveryResult>> waiting = new ConcurrentHashMap<>();

        CompletableFuture<DeliveryResult> offer(Transport transport, Cleared mail) {
            CompletableFuture<DeliveryResult> result = new CompletableFuture<>();
            waiting.put(mail.mail().row(), result);
            try {
                transport.offer(mail);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                result.complete(new DeliveryResult.NotTried("the node is stopping"));
            }
            return result;
        }

        @Override
        public void dot(Finished mail) {
            // nobody's row is in doubt: who gets a report twice knows it by its id
        }

        @Override
        public void turnedAway(Finished mail, SmtpReply reply) {
            // one mail a domain and day is not too fast for anybody
        }

        @Override
        public void replied(Finished mail, DeliveryResult result) {
            CompletableFuture<DeliveryResult> asked = waiting.remove(mail.row());
            if (asked != null) {
                asked.complete(result);
            }
        }
    }

    private static DeliveryResult await(CompletableFuture<DeliveryResult> result) {
        try {
            return result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return new DeliveryResult.NotTried("no answer in " + PATIENCE.toMinutes() + " minutes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new DeliveryResult.NotTried("the node is stopping");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is only ever completed
        }
    }

    private static Outcome outcome(DeliveryResult result) {
        String said = (result.host() + " " + (result.reply().isEmpty() ? result.reason() : result.reply())).strip();
        return new Outcome(result instanceof DeliveryResult.Accepted, !(result instanceof DeliveryResult.Bounced),
                said);
    }
}
