package io.caravan.api;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import io.caravan.api.MailboxShown.MailboxDetail;
import io.caravan.api.MailboxShown.MailboxLine;
import io.caravan.api.MailboxShown.Removed;
import io.caravan.flow.Release;
import io.caravan.mail.TemporaryFault;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;
import io.caravan.mailbox.StoredMail;

/** The built-in mailbox, for people's scripts and for test suites that wait for a mail. */
@RestController
@RequestMapping("/api/v1/mailbox/messages")
@Tag(name = "Mailbox", description = "Mail that stayed here: all of the sandbox, and what is routed to the mailbox.")
class MailboxApi {

    private static final String ID = "/{id:\\d{1,18}}";

    private final Mailbox mailbox;
    private final MailSearch search;
    private final Release release;
    private final Clock clock;

    MailboxApi(Mailbox mailbox, MailSearch search, Release release, Clock clock) {
        this.mailbox = mailbox;
        this.search = search;
        this.release = release;
        this.clock = clock;
    }

    /** Whom a mail is released to. */
    record ReleaseTo(@Nullable String to) {
    }

    @GetMapping
    @Operation(summary = "Mails, newest first", description = "query: words, and from: to: subject: tag: campaign: run: before: after:"
            + " has:attachment; quotes around spaces, - for the opposite. A whole address after to:, a campaign, a run and times are found by key;"
            + " for all else a slice looks at the next 400 mails, so it may be short, even empty, and yet not the last: go on while next is there.")
    ResponseEntity<Slice<MailboxLine>> list(@RequestParam(defaultValue = "") String query,
            @RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        Slice.reading(limit);
        MailSearch.Found found = search.page(MailQuery.parse(query, clock.instant()),
                Cursor.number(cursor, Long.MAX_VALUE), limit);
        return Pieces.of(found.mails().stream().map(MailboxLine::of).toList(),
                found.next() == null ? null : found.next().toString());
    }

    @DeleteMapping
    @Operation(summary = "Throws away what the query finds, without a query all; the ledger keeps its rows")
    Removed clear(@RequestParam(defaultValue = "") String query) {
        return new Removed(search.remove(MailQuery.parse(query, clock.instant())));
    }

    @GetMapping(ID)
    @Operation(summary = "A mail taken apart: headers, text, HTML, attachments")
    MailboxDetail one(@PathVariable long id) {
        return MailboxDetail.of(line(id), StoredMail.parse(source(id)));
    }

    @GetMapping(path = ID + "/raw", produces = "message/rfc822")
    @Operation(summary = "The mail as it was sent")
    ResponseEntity<byte[]> raw(@PathVariable long id) {
        return saved(source(id), "mail-" + id + ".eml", MediaType.parseMediaType("message/rfc822"));
    }

    @GetMapping(path = ID + "/attachments/{n:\\d{1,3}}", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    @Operation(summary = "An attachment, decoded, by its number")
    ResponseEntity<byte[]> attachment(@PathVariable long id, @PathVariable int n) {
        List<StoredMail.Attachment> all = StoredMail.parse(source(id)).attachments();
        if (n >= all.size()) {
            throw Refused.unknown("attachment " + n + " of mail " + id + "; it has " + all.size());
        }
        return saved(all.get(n).bytes(), all.get(n).name(), MediaType.APPLICATION_OCTET_STREAM);
    }

    @DeleteMapping(ID)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Throws one mail away")
    void remove(@PathVariable long id) {
        if (!mailbox.remove(id)) {
            throw unknown(id);
        }
    }

    @PostMapping(ID + "/release")
    @Operation(summary = "Sends the mail for real to a verified address, once", description = "The answer says what became of it. 422 with"
            + " the reason if the address is not verified or suppressed, or no relay is set up: then nothing was sent.")
    Release.Released release(@PathVariable long id, @RequestBody ReleaseTo to) {
        if (to.to() == null || to.to().isBlank()) {
            throw Refused.field("to", "required", "name the verified address that it shall go to");
        }
        try {
            return release.release(id, to.to()).orElseThrow(() -> unknown(id));
        } catch (TemporaryFault e) {
            throw Refused.conflict("no_answer", String.valueOf(e.getMessage()));
        }
    }

    private Message line(long id) {
        return mailbox.find(id).orElseThrow(() -> unknown(id));
    }

    private byte[] source(long id) {
        return mailbox.raw(id).orElseThrow(() -> unknown(id));
    }

    private static Refused unknown(long id) {
        return Refused.unknown("mail " + id + " in the mailbox");
    }

    /** To be saved, never to be shown by a browser: its bytes are a stranger's. */
    private static ResponseEntity<byte[]> saved(byte[] bytes, String name, MediaType type) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(name, StandardCharsets.UTF_8).build().toString())
                .contentType(type).body(bytes);
    }
}
