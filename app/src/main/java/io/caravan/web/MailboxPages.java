package io.caravan.web;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;

/** {@code /mailbox}: what the built-in mailbox holds. A mail's own markup is only ever served alone, for a sandboxed frame. */
@Controller
class MailboxPages {

    private static final int PAGE = 50;
    private static final int LONGEST_SOURCE = 512 * 1024;
    private static final String ID = "/mailbox/{id:\\d{1,18}}";

    private final Mailbox mailbox;

    MailboxPages(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** A line of the list, in words. */
    public record Line(long id, String to, String from, String subject, String campaign, String size, String received,
            String receivedAt) {
        static Line of(Message mail) {
            return new Line(mail.id(), mail.recipient(), mail.from(),
                    mail.subject().isBlank() ? "(no subject)" : mail.subject(),
                    mail.campaign(), Words.size(mail.size()), Words.time(mail.receivedAt()),
                    mail.receivedAt().toString());
        }
    }

    @GetMapping("/mailbox")
    String list(@RequestParam(defaultValue = "") String q, @RequestParam(required = false) @Nullable Long before,
            Model model) {
        List<Message> found = mailbox.page(q.strip(), before == null ? Long.MAX_VALUE : before, PAGE + 1);
        List<Message> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("mails", page.stream().map(Line::of).toList());
        model.addAttribute("q", q.strip());
        model.addAttribute("first", before == null);
        model.addAttribute("older", found.size() > PAGE ? page.getLast().id() : null);
        model.addAttribute("count", Words.number(mailbox.count()));
        return "web/mailbox";
    }

    @PostMapping("/mailbox/clear")
    String clear() {
        mailbox.clear();
        return "redirect:/mailbox";
    }

    @GetMapping(ID)
    String message(@PathVariable long id, @RequestParam(defaultValue = "") String view, Model model) {
        Message line = mailbox.find(id).orElseThrow(MailboxPages::gone);
        byte[] source = raw(id);
        StoredMail mail = StoredMail.parse(source);
        String shown = List.of("html", "text", "headers", "source").contains(view)
                ? view
                : mail.html() != null ? "html" : "text";
        model.addAttribute("mail", Line.of(line));
        model.addAttribute("sender", line.sender().isEmpty() ? "<>" : line.sender());
        model.addAttribute("messageId", line.messageId());
        model.addAttribute("view", shown);
        model.addAttribute("hasHtml", mail.html() != null);
        model.addAttribute("text", mail.text());
        model.addAttribute("trouble", mail.trouble());
        model.addAttribute("headers", mail.headers());
        model.addAttribute("attachments", mail.attachments().stream()
                .map(part -> new Attached(part.number(), part.name(), part.type(), part.size())).toList());
        model.addAttribute("links", FramedHtml.links(mail));
        model.addAttribute("source", shown.equals("source") ? text(source) : "");
        model.addAttribute("cut", source.length > LONGEST_SOURCE);
        return "web/message";
    }

    /** An attachment's line. */
    public record Attached(int number, String name, String type, String size) {
    }

    private static String text(byte[] source) {
        return new String(source, 0, Math.min(source.length, LONGEST_SOURCE), StandardCharsets.UTF_8);
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
        return mailbox.raw(id).orElseThrow(MailboxPages::gone);
    }

    private static ResponseStatusException gone() {
        return new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
}
