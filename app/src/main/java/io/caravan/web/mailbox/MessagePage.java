package io.caravan.web.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.flow.Sending;
import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;
import io.caravan.mailbox.StoredMail;
import io.caravan.web.FramedHtml;
import io.caravan.web.MailWays;
import io.caravan.web.Words;

/** {@code /mailbox/ID}: one mail, in every way to see it. */
@Controller
class MessagePage {

    static final String ID = "/mailbox/{id:\\d{1,18}}";

    private final Mailbox mailbox;
    private final MailSearch search;
    private final Sending sending;
    private final Clock clock;

    MessagePage(Mailbox mailbox, MailSearch search, Sending sending, Clock clock) {
        this.mailbox = mailbox;
        this.search = search;
        this.sending = sending;
        this.clock = clock;
    }

    /** An attachment's line. */
    public record Attached(int number, String name, String type, String size) {
        static Attached of(StoredMail.Attachment part) {
            return new Attached(part.number(), part.name(), part.type(), Words.size(part.bytes().length));
        }
    }

    @GetMapping(ID)
    String message(@PathVariable long id, @RequestParam(defaultValue = "") String view,
            @RequestParam(defaultValue = "") String width, @RequestParam(defaultValue = "") String q, Model model) {
        Message line = mailbox.find(id).orElseThrow(MessagePage::gone);
        byte[] source = raw(id);
        StoredMail mail = StoredMail.parse(source);
        envelope(line, model);
        neighbours(id, q.strip(), model);
        MailWays.show(view, mail.html() != null, source, model);
        model.addAttribute("phone", width.equals("phone"));
        model.addAttribute("hasHtml", mail.html() != null);
        model.addAttribute("text", mail.text());
        model.addAttribute("trouble", mail.trouble());
        model.addAttribute("headers", mail.headers());
        model.addAttribute("attachments", mail.attachments().stream().map(Attached::of).toList());
        model.addAttribute("links", FramedHtml.links(mail));
        return "web/mailbox/message";
    }

    private void envelope(Message line, Model model) {
        model.addAttribute("mail", MailLine.of(line));
        model.addAttribute("sender", line.sender().isEmpty() ? "<>" : line.sender());
        model.addAttribute("messageId", line.messageId());
        model.addAttribute("row", line.row());
        model.addAttribute("tags", line.tags());
        model.addAttribute("verified", sending.verified().stream().sorted().toList());
    }

    /** What stands before and behind it in the list that it was opened from. */
    private void neighbours(long id, String q, Model model) {
        MailQuery query = MailQuery.ALL;
        try {
            query = MailQuery.parse(q, clock.instant());
        } catch (InvalidInput e) {
            // an address that somebody wrote by hand: then the neighbours among all mails
        }
        model.addAttribute("q", q);
        model.addAttribute("asked", MailboxPage.asking(q, '?'));
        model.addAttribute("andAsked", MailboxPage.asking(q, '&'));
        model.addAttribute("newer", search.newer(query, id).map(Message::id).orElse(null));
        model.addAttribute("older", search.older(query, id).map(Message::id).orElse(null));
    }

    @GetMapping(ID + "/html")
    ResponseEntity<byte[]> html(@PathVariable long id) {
        StoredMail mail = StoredMail.parse(raw(id));
        return ResponseEntity.ok().header("Content-Security-Policy", FramedHtml.POLICY)
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .body(FramedHtml.of(mail).getBytes(StandardCharsets.UTF_8));
    }

    @GetMapping(ID + "/raw")
    ResponseEntity<byte[]> source(@PathVariable long id) {
        return download(raw(id), "mail-" + id + ".eml", MediaType.parseMediaType("message/rfc822"));
    }

    @GetMapping(ID + "/attachments/{number:\\d{1,3}}")
    ResponseEntity<byte[]> attachment(@PathVariable long id, @PathVariable int number) {
        List<StoredMail.Attachment> all = StoredMail.parse(raw(id)).attachments();
        if (number >= all.size()) {
            throw gone();
        }
        return download(all.get(number).bytes(), all.get(number).name(), MediaType.APPLICATION_OCTET_STREAM);
    }

    /** Always to be saved, never to be shown: its bytes are a stranger's. */
    private static ResponseEntity<byte[]> download(byte[] bytes, String name, MediaType type) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(name, StandardCharsets.UTF_8).build().toString())
                .contentType(type).body(bytes);
    }

    private byte[] raw(long id) {
        return mailbox.raw(id).orElseThrow(MessagePage::gone);
    }

    private static ResponseStatusException gone() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
